// npm run bench:grade: what grading 512 KB and 1 MB of hostile text costs, for every kind of answer, in user time of the thread: other programs do not count. Linear is a ratio of 2; above 2.5 it fails.
// --kind NAME, --pattern TEXT: only these.
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { grade } from '@slowthink/answers';
import type { Gold } from '@slowthink/records';
import { bmi, claim, disease, drugs, number, rare, span, stage, yes } from '../../libs/answers/src/golden/golden.ts';

const { values } = parseArgs({ options: { kind: { type: 'string' }, pattern: { type: 'string' } } });
const half = 512 * 1024;
const ratioMax = 2.5;
const batchMs = 100;

const names = Array.from({ length: 5000 }, (_, index) => `syndrome ${index} of the ${['heart', 'lung', 'liver', 'skin'][index % 4]}`);
const golds: { readonly [kind: string]: Gold } = { choice: drugs, text: stage, 'yes-no-maybe': yes, digit: claim, number: number(5, 'mg'), 'number, bounds': bmi, span: span('5 mg'), name: disease, 'name, 5,000': { kind: 'name', answer: names[77]!, names }, 'name, no list': rare };
const patterns: readonly string[] = [
  '(', '[]', ' ', '\n', '\n\n \n', 'the answer is ', 'The answer is B. ', 'The answer is not B. ', 'The answer is (((((((( ', 'answer: ', '\\boxed{', '\\boxed{5}', 'not ', 'B is correct. ', 'B is not correct. ', '1', '1,000', '5 mg ', '5 mg or ', '1 = ', '-', '**', '_',
  'GERD, ', 'GERD is the most likely diagnosis. ', 'syndrome ', 'syndrome 7 of the ', 'the dose is ', 'dose ', 'high or low or ', 'yes or ', '<think>', '</think>', '<think></think>', '答案是', 'respuesta: ', '٢', 'a', 'A\n', 'A. ', '.', '?', 'wait, ', 'Hmm, no, wait, ', 'Actually, no. ', 'No, it is right. ', 'On second thought, ', 'The answer is B. Wait, that is not right. ', 'So it is B. ', 'Question: ', 'is ', ': ', '½', '²', '’', '−', '\u200b', '&', '/',
];

const repeated = (pattern: string, length: number): string => pattern.repeat(Math.floor(length / pattern.length)); // whole ones: half a tag would be another text

const threadMs = (): number => process.threadCpuUsage().user / 1000; // without the system's work of giving and taking memory

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Mean of some runs in a row, with no garbage of earlier ones. */
function timeMs(text: string, gold: Gold, runs: number): number {
  collectGarbage();
  const start = threadMs();
  for (let run = 0; run < runs; run++) grade(text, gold);
  return (threadMs() - start) / runs;
}

/** How many runs in a row the clock can tell apart: it ticks every few milliseconds. */
function runsFor(text: string, gold: Gold): number {
  let runs = 1;
  while (timeMs(text, gold, runs) * runs < batchMs) runs *= 2;
  return runs;
}

let [worst, failed] = [0, 0];
console.log(`${'kind'.padEnd(16)} ${'pattern'.padEnd(42)} ${'512 KB'.padStart(9)} ${'1 MB'.padStart(9)}  ratio`);
for (const [kind, gold] of Object.entries(golds).filter(([name]) => values.kind === undefined || name === values.kind)) {
  for (const pattern of patterns.filter((each) => values.pattern === undefined || each === values.pattern)) {
    const [small, large] = [repeated(pattern, half), repeated(pattern, 2 * half)];
    const runs = runsFor(small, gold);
    let [smallMs, largeMs] = [timeMs(small, gold, runs), timeMs(large, gold, runs)];
    for (let again = 0; again < 5 && largeMs / smallMs > ratioMax; again++) [smallMs, largeMs] = [Math.min(smallMs, timeMs(small, gold, runs)), Math.min(largeMs, timeMs(large, gold, runs))]; // a collection of garbage falls into one run and not into the other
    const ratio = largeMs / smallMs;
    worst = Math.max(worst, ratio);
    if (ratio > ratioMax) failed += 1;
    console.log(`${kind.padEnd(16)} ${JSON.stringify(pattern).padEnd(42)} ${smallMs.toFixed(2).padStart(6)} ms ${largeMs.toFixed(2).padStart(6)} ms  ${ratio.toFixed(2)}${ratio > ratioMax ? '  above 2.5' : ''}`);
  }
}
console.log(`\nhighest ratio ${worst.toFixed(2)}; at most ${ratioMax}: ${failed === 0 ? 'holds' : `does NOT hold for ${failed}`}.`);
process.exitCode = failed === 0 ? 0 : 1;
