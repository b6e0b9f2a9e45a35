import { ruleNamed } from '@slowthink/decoding';
import type { Candidate, Gold, VerdictsRecord } from '@slowthink/records';
import { describe, expect, it } from 'vitest';
import { exampleRecords, smallExample } from '../testing/example-records.ts';
import { goldLine, itemOf } from './item-text.ts';

const [example] = exampleRecords({ ...smallExample, items: 1 });
const candidate = (answer: string, right: boolean, values: readonly number[] | null, truncated = false): Candidate => ({
  steps: values?.map((_, step) => `step ${step}`) ?? ['step'], values, verdict: { status: answer === '' ? 'none' : right ? 'right' : 'wrong', answer, normalised: answer, rule: 'letter' }, truncated, tokens: 10, seed: 1,
});
const record = (candidates: readonly Candidate[], greedy: Candidate | null): VerdictsRecord => ({ ...example!, candidates, greedy });
const rules = ['greedy', 'maj', 'bon-min', 'vote-sum-last'].map(ruleNamed);

describe('itemOf', () => {
  it('says of each rule which candidate it chose and what that is', () => {
    // A twice, B once with the best minimum: maj A (its first), best-of-N (min) B, vote-sum (last) A 0.4 + 0.5 = 0.9 against B 0.8: the better of the two A
    const { row, text } = itemOf(record([candidate('A', false, [0.9, 0.4]), candidate('', false, [1, 1], true), candidate('B', true, [0.8, 0.8]), candidate('A', false, [0.2, 0.5])], candidate('B', true, null)), rules);
    expect(text.chosen).toEqual([-2, 0, 2, 3]);
    expect(row[3]).toBe('rwrw');
    expect(row[4]).toBe('wtrw');
  });

  it('has no greedy choice where none was asked for, and none at all where nobody states an answer', () => {
    const cut = itemOf(record([candidate('', false, [0.5], true), candidate('', false, [0.5], true)], null), rules);
    expect(cut.text.chosen).toEqual([-1, -1, 0, -1]);
    expect(cut.row[3]).toBe('-ttt');
    expect(itemOf(record([candidate('', false, [0.5], true), candidate('', false, [0.7])], null), rules).row[3]).toBe('-nnn');
  });
});

describe('goldLine', () => {
  it('says what is right, and what else counts as right', () => {
    const golds: readonly Gold[] = [
      { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'x' }, { letter: 'B', text: 'y' }] }, { kind: 'digit', answer: '1', classes: [{ digit: '0', text: 'true' }, { digit: '1', text: 'false' }] }, { kind: 'digit', answer: '2' },
      { kind: 'number', answer: 5, unit: 'mg', tolerance: 0.05 }, { kind: 'number', answer: 5, unit: '', tolerance: 0, lower: 4.5, upper: 5.5 }, { kind: 'number', answer: 7, unit: '', tolerance: 0 },
      { kind: 'span', answer: '5 mg', alternatives: ['0.005 g'] }, { kind: 'name', answer: 'GERD' }, { kind: 'yes-no-maybe', answer: 'maybe' },
    ];
    expect(golds.map(goldLine)).toEqual(['B. y', '1: false', '2', '5 mg (right within 5 %)', '5 (right from 4.5 to 5.5)', '7', '5 mg / 0.005 g', 'GERD', 'maybe']);
  });
});
