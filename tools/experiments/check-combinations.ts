// npm run check:combinations: no combination of kind and numbers of the test set (or dev) may enter pretraining or training. Says of question files, sealed data sets and the pretraining corpus whether one does.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dataSets } from '../dosage/data.ts';
import { combinationIndex, type HeldOut, type Match } from './combination-index.ts';
import { corpusQuestions, questionsOf, type AskedQuestion } from './questions-of.ts';

export interface SourceReport {
  readonly source: string;
  readonly questions: number;
  readonly free: number; // combination read, not held out
  readonly unread: number; // neither a known wording nor the numbers of a held-out combination
  readonly found: readonly { readonly id: string; readonly question: string; readonly set: string; readonly heldOut: string; readonly kind: string; readonly numbers: readonly number[]; readonly how: Match['how'] }[];
}

/** Every question looked up; one report a source, in their order. */
export async function checkCombinations(questions: AsyncIterable<AskedQuestion> | Iterable<AskedQuestion>, heldOut: readonly HeldOut[]): Promise<readonly SourceReport[]> {
  const index = combinationIndex(heldOut);
  const reports = new Map<string, { source: string; questions: number; free: number; unread: number; found: SourceReport['found'][number][] }>();
  for await (const { source, id, question } of questions) {
    const report = reports.get(source) ?? { source, questions: 0, free: 0, unread: 0, found: [] };
    reports.set(source, report);
    report.questions++;
    const looked = index.look(question);
    if (looked.read === 'found') report.found.push(...looked.matches.map(({ heldOut: { set, id: other, kind, numbers }, how }) => ({ id, question, set, heldOut: other, kind, numbers, how })));
    else report[looked.read]++;
  }
  return [...reports.values()];
}

/** The combinations of the rows of a file of tools/dosage, e.g. datasets/dosage/test.jsonl. */
export const heldOutOf = (path: string, set: string): readonly HeldOut[] => readFileSync(path, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as HeldOut).map(({ id, kind, numbers }) => ({ set, id, kind, numbers }));

const datasets = join(import.meta.dirname, '../../datasets/dosage');
const shippedCorpus = 100_000; // problems that the base was pretrained on, of seed 0: tools/seed-models/settings.py
const sets: readonly string[] = dataSets.map(({ part }) => part).filter((part) => part !== 'train');

/** Of sealed data sets, or folders of runs, against test and dev: how many questions were looked up. Throws where one has a held-out combination, or where there was nothing to look up. */
export async function refuseHeldOut(paths: readonly string[]): Promise<{ readonly questions: number; readonly sources: readonly Pick<SourceReport, 'questions' | 'free' | 'unread'>[] }> {
  async function* all(): AsyncIterable<AskedQuestion> { for (const path of paths) yield* questionsOf(path); }
  const heldOut = sets.flatMap((set) => heldOutOf(join(datasets, `${set}.jsonl`), set));
  const sources = await checkCombinations(all(), heldOut);
  const questions = sources.reduce((sum, each) => sum + each.questions, 0);
  if (questions === 0) throw new Error(`${paths.join(' and ')} hold no question to check.`);
  if (sources.some(({ found }) => found.length > 0)) throw new Error(`What is held out was learned from, so nothing that follows would count:\n${textOf(sources, sets, heldOut.length)}`);
  return { questions, sources: sources.map(({ questions: some, free, unread }) => ({ questions: some, free, unread })) };
}

const help = `Says whether a combination of kind and numbers of a held-out set stands among questions that are learned from.

  node tools/experiments/check-combinations.ts [PATH…] [--corpus N [--seed S]] [--against test,dev] [--json]

  With neither PATH nor --corpus: datasets/dosage/train.jsonl and --corpus 100000, what the models that ship learned from and what a round draws from.

  PATH        a sealed data set, the folder of a run, a Parquet file of one, or JSON or JSONL with a column question
  --corpus N  the first N problems of the pretraining corpus (tools/dosage/main.ts corpus), of the seed S (default 0)
  --against   sets of datasets/dosage that nobody may learn from (default: test,dev), or files of tools/dosage: kind and numbers a line

In the wordings of tools/dosage kind and numbers are read exactly. In other words a combination is found where all its numbers stand and no other kind's unit is asked for; numbers in words are not read.
Exit code 0: none is found; 1: at least one is; 2: wrong use, or a file that cannot be read.
`;

async function main(argv: string[]): Promise<number> {
  const { values, positionals } = parseArgs({ args: argv, allowPositionals: true, options: { corpus: { type: 'string' }, seed: { type: 'string', default: '0' }, against: { type: 'string', default: sets.join(',') }, json: { type: 'boolean', default: false }, help: { type: 'boolean', short: 'h', default: false } } });
  if (values.help) { process.stdout.write(help); return 0; }
  if (values.corpus !== undefined && !/^[1-9]\d{0,8}$/u.test(values.corpus)) throw new Error(`--corpus wants a whole number from 1 on, not ${values.corpus}.`);
  const nothingNamed = positionals.length === 0 && values.corpus === undefined;
  const [paths, problems] = nothingNamed ? [[join(datasets, 'train.jsonl')], shippedCorpus] : [positionals, values.corpus === undefined ? 0 : Number(values.corpus)];
  const against = values.against.split(',');
  const heldOut = against.flatMap((set) => heldOutOf(sets.includes(set) ? join(datasets, `${set}.jsonl`) : set, set));
  async function* all(): AsyncIterable<AskedQuestion> {
    for (const path of paths) yield* questionsOf(path);
    if (problems > 0) yield* corpusQuestions(problems, values.seed);
  }
  const sources = await checkCombinations(all(), heldOut);
  const found = sources.flatMap((source) => source.found);
  if (values.json) process.stdout.write(`${JSON.stringify({ against, heldOut: heldOut.length, questions: sources.reduce((sum, { questions }) => sum + questions, 0), found: found.length, sources })}\n`);
  else process.stdout.write(`${textOf(sources, against, heldOut.length)}\n`);
  return found.length > 0 ? 1 : 0;
}

const shownMax = 10;

function textOf(sources: readonly SourceReport[], against: readonly string[], heldOut: number): string {
  const lines = sources.flatMap(({ source, questions, free, unread, found }) => [
    `${source}: ${questions} questions; ${found.length === 0 ? `none has a combination of ${against.join(' or ')}` : `${found.length} have a held-out combination`}; ${free} read and free${unread > 0 ? `, ${unread} in other words without the numbers of one` : ''}.`,
    ...found.slice(0, shownMax).map(({ id, set, heldOut: other, kind, numbers, how }) => `  ${id} is ${other} of ${set}: ${kind} ${numbers.join(', ')}${how === 'numbers' ? ' (other words, by its numbers)' : ''}`),
    ...(found.length > shownMax ? [`  and ${found.length - shownMax} more (--json has all)`] : []),
  ]);
  return [...lines, `Compared with ${heldOut} combinations of ${against.join(' and ')}.`].join('\n');
}

if (import.meta.main) {
  try { process.exitCode = await main(process.argv.slice(2)); } catch (error) { console.error((error as Error).message); process.exitCode = 2; }
}
