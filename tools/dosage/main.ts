// node tools/dosage/main.ts: the dose-calculation problems that ship, and the corpus that the seed model is pretrained on.
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { corpusLine, misconceptionNames, workedProblems, type Misconceptions } from './corpus.ts';
import { countsTable } from './counts.ts';
import { datasetFiles, settleFiles } from './data.ts';
import { misconceptionsText } from './misconceptions.ts';
import { testSetOf } from './test-set.ts';

const help = `Dose-calculation word problems by a seeded generator. The same seed gives the same bytes on every machine.

  node tools/dosage/main.ts data [--check]                        write datasets/dosage and the checksums in its manifests; --check only compares
  node tools/dosage/main.ts corpus --problems N --seed S --out F  N problems with worked solutions as JSONL: question, solution, kind, right
      --misconceptions none                                      the same questions, every solution by the right procedure, slips kept: the corpus of a control; default: planted
  node tools/dosage/main.ts test-set --seed N --out F             another test set of 600 questions, N from 1 on: no combination of train, dev, test, the corpus or the set of another seed
  node tools/dosage/main.ts misconceptions                        every planted misconception with its share, and the sha256 of the data sets and of the corpus: the text whose hash docs/misconceptions.md prints
  node tools/dosage/main.ts counts                                the number combinations of each kind and part, as a table
`;

const commands: Readonly<Record<string, (argv: string[]) => void>> = {
  data: (argv) => {
    const { check } = parseArgs({ args: argv, options: { check: { type: 'boolean', default: false } } }).values;
    const stale = settleFiles(datasetFiles(), join(import.meta.dirname, '../../datasets'), check);
    for (const path of stale) console.log(check ? `stale: datasets/${path}` : `wrote datasets/${path}`);
    if (check && stale.length > 0) throw new Error('These files are not what the generator writes. Type: node tools/dosage/main.ts data');
  },
  corpus: (argv) => {
    const { problems, seed, out, misconceptions } = parseArgs({ args: argv, options: { problems: { type: 'string' }, seed: { type: 'string', default: '1' }, out: { type: 'string' }, misconceptions: { type: 'string', default: 'planted' } } }).values;
    if (problems === undefined || !/^[1-9]\d{0,8}$/u.test(problems)) throw new Error(`--problems wants a whole number from 1 on, not ${problems ?? 'nothing'}. Example: --problems 100000`);
    if (out === undefined) throw new Error('--out wants the file to write. Example: --out corpus.jsonl');
    const chosen = misconceptionNames.find((each) => each === misconceptions);
    if (chosen === undefined) throw new Error(`--misconceptions is ${misconceptionNames.join(' or ')}, not "${misconceptions}".`);
    writeCorpus(Number(problems), seed, out, chosen);
  },
  'test-set': (argv) => {
    const { seed, out } = parseArgs({ args: argv, options: { seed: { type: 'string' }, out: { type: 'string' } } }).values;
    if (seed === undefined || !/^[1-9]\d{0,3}$/u.test(seed)) throw new Error(`--seed wants a whole number from 1 on, not ${seed ?? 'nothing'}. Example: --seed 1`);
    if (out === undefined) throw new Error(`--out wants the file to write. Example: --out docs/experiments/dosage-test-${seed}.jsonl`);
    const rows = testSetOf(Number(seed));
    writeFileSync(out, rows.map((row) => `${JSON.stringify(row)}\n`).join(''), { flag: 'wx' }); // a set that stands may have been decoded
    console.log(`${out}: ${rows.length} questions, seed ${seed}.`);
  },
  misconceptions: () => { process.stdout.write(misconceptionsText()); },
  counts: () => { process.stdout.write(countsTable()); },
};

function writeCorpus(count: number, seed: string, out: string, misconceptions: Misconceptions): void {
  let [right, byProcedure, lines] = [0, 0, ''];
  const file = openSync(out, 'w');
  let place = 0;
  for (const worked of workedProblems(seed, misconceptions)) {
    right += Number(worked.solution.right);
    byProcedure += Number(worked.solution.procedure === 'wrong');
    lines += corpusLine(worked);
    place += 1;
    if (place % 1000 === 0 || place === count) { writeSync(file, lines); lines = ''; }
    if (place === count) break;
  }
  closeSync(file);
  const percent = (some: number): string => `${((100 * some) / count).toFixed(1)} %`;
  console.log(`${out}: ${count} problems, seed ${seed}. Final answers right: ${percent(right)}. Solutions by a wrong procedure: ${percent(byProcedure)}.`);
}

const [name = '--help', ...argv] = process.argv.slice(2);
if (name === '--help' || name === '-h' || argv.includes('--help')) {
  process.stdout.write(help);
} else if (!Object.hasOwn(commands, name)) {
  console.error(`"${name}" is no command.\n\n${help}`);
  process.exitCode = 2;
} else {
  try { commands[name]!(argv); } catch (error) { console.error(`${name}: ${(error as Error).message}`); process.exitCode = 2; }
}
