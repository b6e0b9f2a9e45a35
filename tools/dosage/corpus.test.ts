import { createHash } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { grade, statesAnswer } from '@slowthink/answers';
import { readCorpus, readManifests } from '@slowthink/corpus';
import { joinSteps, parseSteps, STEP_ZERO } from '@slowthink/prompts';
import type { Gold, QuestionRecord } from '@slowthink/records';
import { combinationsOf, partOf, type Combination } from './combinations.ts';
import { corpusLine, workedProblems, type Misconceptions, type WorkedProblem } from './corpus.ts';
import { dataSets, rowsOf, type Row } from './data.ts';
import { kinds } from './kinds.ts';
import { writeProblem } from './problem.ts';
import { seedRandom } from './random.ts';
import { slipShare, writeSolution } from './solution.ts';

const sampled = 40_000;
const take = (seed: string, count: number, misconceptions?: Misconceptions): readonly WorkedProblem[] => {
  const problems: WorkedProblem[] = [];
  for (const each of workedProblems(seed, misconceptions)) { problems.push(each); if (problems.length === count) break; }
  return problems;
};
const sample = take('test', sampled);
const control = take('test', sampled, 'none');
const goldOf = ({ kind, answer }: Combination): Gold => ({ kind: 'number', answer, unit: kind.unit, tolerance: 0 });

let dev: ReadonlyMap<string, QuestionRecord>; // by row id
beforeAll(async () => {
  const found = new Map<string, QuestionRecord>();
  for await (const item of readCorpus({ paths: ['dosage-dev'], manifests: await readManifests() })) if (item.kind === 'question') found.set(item.question.id.split('/').at(-1)!, item.question);
  dev = found;
});

test('takes no combination of any data set, whatever the wording', () => {
  const rows = new Set(dataSets.flatMap(rowsOf).map(({ kind, numbers }) => `${kind}: ${numbers.join(' ')}`));
  for (const { kind, problem: { combination: { numbers } } } of sample) {
    expect(partOf(kind.name, Object.values(numbers))).toBe('corpus');
    expect(rows.has(`${kind.name}: ${Object.values(numbers).join(' ')}`)).toBe(false);
  }
});

test('writes the same bytes for the same seed, today and on every machine', () => {
  const digest = (seed: string): string => createHash('sha256').update(take(seed, 500).map(corpusLine).join('')).digest('hex');
  expect(digest('1')).toBe(digest('1'));
  expect(digest('2')).not.toBe(digest('1'));
  expect(digest('1')).toBe('c3ea1ddb29bb3a07d27f3c7a29c062b177869055a4d951291dca21a1979378d4');
});

test('follows the wrong procedure as often as the cue says, within four standard errors', () => {
  for (const kind of kinds) for (const cue of kind.cues) {
    const some = sample.filter(({ problem }) => problem.combination.kind === kind && problem.cue === cue);
    const share = some.filter(({ solution }) => solution.procedure === 'wrong').length / some.length;
    expect(cue.wrongShare).toBeGreaterThanOrEqual(0.22);
    expect(cue.wrongShare).toBeLessThanOrEqual(0.9);
    expect(Math.abs(share - cue.wrongShare), `${kind.name} ${cue.words}`).toBeLessThan(4 * Math.sqrt(cue.wrongShare * (1 - cue.wrongShare) / some.length));
  }
});

test('without misconceptions asks the same questions, follows the right procedure always, and keeps every solution that did so before', () => {
  expect(control.map(({ problem }) => problem.question)).toEqual(sample.map(({ problem }) => problem.question));
  expect(control.filter(({ solution }) => solution.procedure !== 'right')).toEqual([]);
  expect(sample.some(({ solution }) => solution.procedure === 'wrong')).toBe(true);
  expect(control.filter((_, at) => sample[at]!.solution.procedure === 'right').map(({ solution }) => solution)).toEqual(sample.filter(({ solution }) => solution.procedure === 'right').map(({ solution }) => solution));
});

test('without misconceptions slips as often, and ends wrong by slips alone', () => {
  const sums = control.reduce((count, { solution }) => count + (solution.text.match(/[=≈]/g) ?? []).length, 0);
  const slips = control.reduce((count, { solution }) => count + solution.slips, 0);
  expect(Math.abs(slips / sums - slipShare)).toBeLessThan(4 * Math.sqrt(slipShare * (1 - slipShare) / sums));
  expect(control.filter(({ solution }) => !solution.right && solution.slips === 0)).toEqual([]);
  expect(control.some(({ solution }) => !solution.right)).toBe(true);
  for (const { problem: { combination }, solution } of control.slice(0, 2000)) expect(grade(solution.text, goldOf(combination)).status, solution.text).toBe(solution.right ? 'right' : 'wrong');
});

test('ends wrong in 55 to 65 of 100 solutions, and slips in 3 to 4 of 100 computed numbers', () => {
  const wrong = sample.filter(({ solution }) => !solution.right).length / sampled;
  expect(wrong).toBeGreaterThan(0.55);
  expect(wrong).toBeLessThan(0.65);
  const sums = sample.reduce((count, { solution }) => count + (solution.text.match(/[=≈]/g) ?? []).length, 0);
  const slips = sample.reduce((count, { solution }) => count + solution.slips, 0) / sums;
  expect(Math.abs(slips - slipShare)).toBeLessThan(4 * Math.sqrt(slipShare * (1 - slipShare) / sums));
});

test('marks as right exactly what the grader finds right, and ends in a number above zero of two decimals at most', () => {
  for (const { problem: { combination }, solution } of sample.slice(0, 8000)) {
    expect(grade(solution.text, goldOf(combination)).status, solution.text).toBe(solution.right ? 'right' : 'wrong');
    expect(solution.text).toMatch(/\d\.?\d* [a-zA-Z/]+\.$/);
    expect(String(solution.answer)).toMatch(/^\d+(\.\d{1,2})?$/);
  }
});

test('has the form that a search writes, and an answer in the last step only', () => {
  for (const { problem: { combination }, solution: { text } } of sample.slice(0, 4000)) {
    const steps = parseSteps(text);
    expect(steps[0]).toBe(STEP_ZERO);
    expect(joinSteps(steps)).toBe(text);
    expect(steps.length).toBeLessThanOrEqual(6);
    expect(steps.map((step) => statesAnswer(step, goldOf(combination))), text).toEqual(steps.map((_, k) => k === steps.length - 1));
  }
});

const combinations = new Map(kinds.flatMap((kind) => combinationsOf(kind).map((each) => [`${kind.name}: ${Object.values(each.numbers).join(' ')}`, each] as const)));
const combinationOf = ({ kind, numbers }: Row): Combination => combinations.get(`${kind}: ${numbers.join(' ')}`)!;

test('finishes every kind of the data set right by the right procedure and wrong by the wrong one, as the product grades it', () => {
  const random = seedRandom('grades');
  for (const row of rowsOf(dataSets[1]!)) {
    const { gold } = dev.get(row.id)!;
    const combination = combinationOf(row);
    for (const cue of combination.kind.cues) for (const procedure of ['right', 'wrong'] as const) {
      const { text } = writeSolution(writeProblem(combination, cue, random), procedure, random, 0);
      const steps = parseSteps(text);
      expect(grade(text, gold), text).toMatchObject({ status: procedure, rule: 'answer statement' });
      expect(steps.map((step) => statesAnswer(step, gold)), text).toEqual(steps.map((_, k) => k === steps.length - 1));
    }
  }
});

test('judges exactly: the neighbouring number is wrong, another notation is right', () => {
  const gold: Gold = { kind: 'number', answer: 12.5, unit: 'mL', tolerance: 0 };
  for (const right of ['12.50 mL', '12.5 mL', '0.0125 L', '12.5']) expect(grade(`The answer is ${right}.`, gold).status, right).toBe('right');
  for (const wrong of ['12.6 mL', '12.51 mL', '12 mL', '12.5 mg']) expect(grade(`The answer is ${wrong}.`, gold).status, wrong).toBe('wrong');
  expect(grade('The answer is 252 mg.', { ...gold, answer: 250, unit: 'mg' }).status).toBe('wrong');
});

test('writes every sum that has no slip so that it is true, and marks what is rounded', () => {
  const value = (left: string, sign: string, right: string): number => ({ '×': Number(left) * Number(right), '/': Number(left) / Number(right), '-': Number(left) - Number(right) })[sign]!;
  for (const { solution } of sample.filter(({ solution: { slips } }) => slips === 0).slice(0, 8000)) {
    for (const [sum, left, sign, right, result] of solution.text.matchAll(/([\d.]+) ([×/-]) ([\d.]+) = ([\d.]+)(?= )/g)) expect(value(left!, sign!, right!), sum).toBeCloseTo(Number(result), 9);
    expect(solution.text).not.toContain('≈'); // only what a slip leaves behind needs rounding
  }
  expect(sample.some(({ solution }) => solution.text.includes('≈'))).toBe(true);
});
