import { describe, expect, it } from 'vitest';
import type { Gold } from '@slowthink/records';
import { chanceOf, goldFactsOf, majorityClassOf } from './baselines.ts';
import { four } from './testing/verdicts.ts';

const facts = (...golds: readonly Gold[]): ReturnType<typeof goldFactsOf>[] => golds.map(goldFactsOf);
const yes: Gold = { kind: 'yes-no-maybe', answer: 'yes' }, no: Gold = { kind: 'yes-no-maybe', answer: 'no' }, maybe: Gold = { kind: 'yes-no-maybe', answer: 'maybe' };
const five: Gold = { kind: 'choice', answer: 'E', options: ['A', 'B', 'C', 'D', 'E'].map((letter) => ({ letter, text: letter })) };

describe('chanceOf', () => {
  it('is the mean of 1 / options: (1/4 + 1/5) / 2', () => expect(chanceOf(facts(four, five))).toBeCloseTo(0.225, 15));
  it('is 1/2 for yes and no, and 1/3 where a gold of the set is maybe', () => {
    expect(chanceOf(facts(yes, no))).toBe(0.5);
    expect(chanceOf(facts(yes, no, maybe))).toBeCloseTo(1 / 3, 15);
  });
  it('counts texts, names and classes of digits as options', () => {
    expect(chanceOf(facts({ kind: 'text', answer: 'x', options: ['x', 'y'] }))).toBe(0.5);
    expect(chanceOf(facts({ kind: 'name', answer: 'x', names: ['x', 'y', 'z', 'w'] }))).toBe(0.25);
    expect(chanceOf(facts({ kind: 'digit', answer: '0', classes: [{ digit: '0', text: '' }, { digit: '1', text: '' }] }))).toBe(0.5);
  });
  it('is null where an item gives no options, and without items', () => {
    expect(chanceOf(facts(four, { kind: 'number', answer: 5, unit: 'mg', tolerance: 0 }))).toBeNull();
    expect(chanceOf(facts({ kind: 'digit', answer: '1' }))).toBeNull();
    expect(chanceOf(facts({ kind: 'name', answer: 'x' }))).toBeNull();
    expect(chanceOf(facts({ kind: 'span', answer: '5 mg' }))).toBeNull();
    expect(chanceOf([])).toBeNull();
  });
});

describe('majorityClassOf', () => {
  it('is the share of the most frequent gold: A twice of 3', () => expect(majorityClassOf(facts(four, five, four))).toBeCloseTo(2 / 3, 15));
  it('tells numbers of different units apart', () => {
    const dose = (unit: string): Gold => ({ kind: 'number', answer: 5, unit, tolerance: 0 });
    expect(majorityClassOf(facts(dose('mg'), dose('mL'), dose('mg'), dose('')))).toBe(0.5);
  });
  it('is null where a gold is an open answer, and without items', () => {
    expect(majorityClassOf(facts(four, { kind: 'open', answer: 'x' }))).toBeNull();
    expect(majorityClassOf([])).toBeNull();
  });
});
