import { describe, expect, it } from 'vitest';
import { columnsOf, type ItemColumns } from './columns.ts';
import { prefixCountOf, prmDrawsFor, prmOf } from './prm.ts';
import { candidateOf, verdictsOf } from './testing/verdicts.ts';

const options = { draws: 500, seed: 0, confidence: 0.95 };

/** Two candidates share step x of value .6; one goes on to a right end of .9, the other to a wrong one of .2. */
const shared = (id: string): ItemColumns => columnsOf({ ...verdictsOf(id, ['A .6 .9', 'B .6 .2']), candidates: [candidateOf('A .6 .9', 0, 'A', ['x', 'y']), candidateOf('B .6 .2', 1, 'A', ['x', 'z'])] });

describe('prmOf', () => {
  it('takes inner and final steps apart, a shared prefix as one with two rollouts', () => {
    const { inner, final, all } = prmOf([shared('a')], options);
    expect([inner, final, all].map(({ prefixes, rollouts }) => [prefixes, rollouts])).toEqual([[1, 2], [2, 2], [3, 4]]);
    // inner: .6 is right once of twice, a tie with itself. final: .9 right above .2 wrong. all: .6 r1 f1, .9 r1, .2 f1: (.5 + 1 + 1 + 1) / 4
    expect([inner, final, all].map(({ auroc }) => auroc.value)).toEqual([0.5, 1, 0.875]);
    // Brier: inner (.4^2 + .6^2) / 2; final (.1^2 + .2^2) / 2; all: their mean
    expect(inner.brier.value).toBeCloseTo(0.26, 12);
    expect(final.brier.value).toBeCloseTo(0.025, 12);
    expect(all.brier.value).toBeCloseTo((0.26 + 0.025) / 2, 12);
    // ECE: inner |.5 - .6|; final (|1 - .9| + |0 - .2|) / 2
    expect(inner.ece.value).toBeCloseTo(0.1, 12);
    expect(final.ece.value).toBeCloseTo(0.15, 12);
    expect(final.bins[9]).toMatchObject({ n: 1, value: 0.9, right: 1 });
    expect(final.bins[5]).toMatchObject({ n: 0, value: null, right: null });
  });

  it('has intervals over items: one item none, two alike a point', () => {
    expect(prmOf([shared('a')], options).all.auroc).toEqual({ value: 0.875, low: null, high: null, why: 'an interval needs 2 items' });
    expect(prmOf([shared('a'), shared('b')], options).all.auroc).toEqual({ value: 0.875, low: 0.875, high: 0.875 });
    expect(prmOf([shared('a'), shared('b')], { ...options, draws: 0 }).all.ece).toMatchObject({ low: null, why: 'intervals were not asked for' });
  });

  it('resamples items, not steps: a good one and a bad one give an area between theirs', () => {
    const good = columnsOf(verdictsOf('a', ['A .9', 'B .1'])), bad = columnsOf(verdictsOf('b', ['A .3', 'B .8']));
    expect(prmOf([good, bad], options).final.auroc).toEqual({ value: 0.75, low: 0, high: 1 }); // a pair of draws: both good 1, both bad 0
  });

  it('has no area where every rollout is right, or none, and leaves out draws in which that happens', () => {
    expect(prmOf([columnsOf(verdictsOf('a', ['A .9'])), columnsOf(verdictsOf('b', ['A .4']))], options).final).toMatchObject({ auroc: { value: null, why: 'every rollout is right' }, brier: { value: expect.closeTo(0.185, 12) } });
    expect(prmOf([columnsOf(verdictsOf('a', ['B .9'])), columnsOf(verdictsOf('b', ['- .4']))], options).final.auroc).toMatchObject({ value: null, why: 'no rollout is right' });
    const mixed = prmOf([columnsOf(verdictsOf('a', ['A .9'])), columnsOf(verdictsOf('b', ['B .4']))], options).final.auroc;
    expect(mixed).toMatchObject({ value: 1, why: expect.stringMatching(/^2\d\d of 500 draws, in which it is not defined, are left out$|^it is not defined in 2\d\d of 500 draws$/) });
    expect(prmOf([columnsOf(verdictsOf('a', ['A .9'])), columnsOf(verdictsOf('b', ['B .4']))], options).inner).toMatchObject({ prefixes: 0, rollouts: 0, auroc: { value: null, why: 'there is no step value' } });
  });
});

describe('prmDrawsFor', () => {
  it('takes fewer draws where there are many prefixes, and never fewer than 1,000 of those asked for', () => {
    expect(prmDrawsFor(10_000, 10_000)).toBe(10_000);
    expect(prmDrawsFor(100_000, 10_000)).toBe(4000);
    expect(prmDrawsFor(1_000_000, 10_000)).toBe(1000);
    expect(prmDrawsFor(1_000_000, 300)).toBe(300);
    expect(prefixCountOf([shared('a'), shared('b')])).toBe(6);
  });
});
