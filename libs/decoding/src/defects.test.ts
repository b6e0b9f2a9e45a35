// Known defects of the original code, each shown to be absent.
import { grade } from '@slowthink/answers';
import type { Gold } from '@slowthink/records';
import { expect, test } from 'vitest';
import { choose, decodingRules, reduceValues, ruleNamed, type PoolCandidate } from './index.ts';

const drugs: Gold = { kind: 'choice', answer: 'B', options: ['Aspirin', 'Nitroglycerin', 'Morphine', 'Heparin'].map((text, at) => ({ letter: 'ABCD'[at]!, text })) };

/** A solution as the stages make it a candidate: its normalised answer under the one grader. */
const candidate = (text: string, values: readonly number[] | null): PoolCandidate => {
  const { status, normalised } = grade(text, drugs);
  return { answer: status === 'none' ? undefined : normalised, values };
};

test('counts "B" and "B. Nitroglycerin" as one answer (defect: votes keyed on raw text)', () => {
  const worded = ['The answer is C.', 'The answer is B.', 'The answer is B. Nitroglycerin', 'The answer is C.', 'The answer is (B).'].map((text) => candidate(text, [0.5]));
  expect(choose(ruleNamed('maj'), worded)).toBe(1); // three for B; by raw text C would have two and each B one
  expect(choose(ruleNamed('p-vs'), worded)).toBe(1);
});

test('ends without an error where no candidate states an answer (defect: no answer at all crashes best-of-N)', () => {
  const silent = ['I am not sure.', 'It depends.'].map((text, at) => candidate(text, [0.2 + 0.5 * at]));
  expect(silent.map(({ answer }) => answer)).toEqual([undefined, undefined]);
  for (const rule of decodingRules) expect(choose(rule, silent)).toBe(rule.choose === 'best-of-n' ? 1 : -1);
});

test('counts the value of Step 1 (defect: the list of values has Step 0 in front and drops its first; a scorer without a value for Step 0 loses Step 1)', () => {
  expect(reduceValues('min', [0.1, 0.9])).toBe(0.1);
  expect(reduceValues('mean', [0.1, 0.9])).toBe(0.5);
  const solutions = [candidate('The answer is A.', [0.1, 0.9]), candidate('The answer is B.', [0.5, 0.6])];
  for (const name of ['bon-min', 'vote-sum-min', 'bon-product', 'bon-mean']) expect(choose(ruleNamed(name), solutions)).toBe(1);
  expect(choose(ruleNamed('bon-min'), [candidate('The answer is A.', [0.4]), candidate('The answer is B.', [0.3])])).toBe(0); // one step: it is Step 1
});
