import { describe, expect, it } from 'vitest';
import type { Gold } from '@slowthink/records';
import { compareAll, comparisonText } from './compare.ts';
import { judgeAsOriginal } from './original-rules.ts';

const choice: Gold = { kind: 'choice', answer: 'C', options: ['Aspirin', 'Heparin', 'Morphine', 'Atropine'].map((text, index) => ({ letter: 'ABCD'[index]!, text })) };
const span = (answer: string): Gold => ({ kind: 'span', answer });

describe('the original rules', () => {
  it('miss a letter in brackets, behind a word or a colon, and a sentence with more text below it', () => {
    expect(judgeAsOriginal('The answer is C.', choice)).toEqual({ right: true, rule: 'equal' });
    for (const text of ['The answer is (C).', 'The answer is option C.', 'The answer is : C.']) expect(judgeAsOriginal(text, choice)).toEqual({ right: false, rule: 'not equal' });
    expect(judgeAsOriginal('The answer is A\nmore text about Calcium', choice)).toEqual({ right: true, rule: 'gold found anywhere' });
    expect(judgeAsOriginal('The answer is A\nmore text', choice)).toEqual({ right: false, rule: 'gold not found' });
  });
  it('accept "25 mg" for "5 mg", "5 mg" for "25 mg" and "not gerd" for "gerd"', () => {
    expect([judgeAsOriginal('The answer is 25 mg.', span('5 mg')), judgeAsOriginal('The answer is 5 mg.', span('25 mg')), judgeAsOriginal('The answer is not gerd.', span('gerd'))].map(({ right }) => right)).toEqual([true, true, true]);
  });
});

describe('the comparison', () => {
  it('counts every output once, and this grader agrees with each handwritten verdict', () => {
    const compared = compareAll();
    expect(compared.length).toBeGreaterThan(300);
    expect(compared.filter(({ ours, deserved }) => ours !== (deserved === 'right'))).toEqual([]);
  });
  it('prints a row a kind whose numbers add up, and a row an output that is judged otherwise', () => {
    const compared = compareAll();
    const [table, ...groups] = comparisonText(compared).split('\n\n### ');
    const numbers = table!.split('\n').slice(2).map((line) => line.split('|').slice(2, -1).map(Number));
    const all = numbers.pop()!;
    expect(all).toEqual(all.map((_, column) => numbers.reduce((sum, row) => sum + row[column]!, 0)));
    expect(all[0]! - all[2]!).toBe(all[3]! + all[4]!);
    const rows = groups.map((group) => group.split('\n').length - 4);
    expect(rows.reduce((sum, count) => sum + count, 0)).toBe(all[3]! + all[4]!);
    expect(groups.map((group) => Number(/\((\d+)\)\n/.exec(group)![1]))).toEqual(rows);
  });
});
