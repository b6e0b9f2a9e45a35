import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from './index.ts';

const entry = fc.record({ value: fc.constantFrom(0, 0.1, 0.25, 0.5, 0.7, 1), right: fc.integer({ min: 0, max: 4 }), wrong: fc.integer({ min: 0, max: 4 }) });

/** By its definition: every positive rollout with every negative one. */
function byPairs(entries: readonly { readonly value: number; readonly right: number; readonly wrong: number }[]): number | null {
  let [won, pairs] = [0, 0];
  for (const a of entries) for (const b of entries) {
    won += a.right * b.wrong * (a.value > b.value ? 1 : a.value === b.value ? 0.5 : 0);
    pairs += a.right * b.wrong;
  }
  return pairs === 0 ? null : won / pairs;
}

describe('auroc', () => {
  it('counts a tie as half: 0.4, 0.8 against 0.1, 0.4 win 1 + 1/2 + 1 + 1 of 4 pairs', () => expect(auroc([0.1, 0.4, 0.4, 0.8], [0, 0, 1, 1])).toBe(0.875));
  it('weights by rollouts: 1 of 4 right at 0.2 and 3 of 4 at 0.6 win 1.5 + 3 x 3.5 of 16 pairs', () => expect(auroc([0.2, 0.6], [1, 3], [4, 4])).toBe(0.75));
  it('is 1 where values part right from wrong, 0 the other way round, 1/2 where all are equal', () => {
    expect(auroc([0.9, 0.8, 0.1], [1, 1, 0])).toBe(1);
    expect(auroc([0.9, 0.8, 0.1], [0, 0, 1])).toBe(0);
    expect(auroc([0.5, 0.5, 0.5], [1, 0, 1])).toBe(0.5);
  });
  it('is null when a class is missing, without entries, and where a value is NaN', () => {
    expect(auroc([0.1, 0.9], [1, 1])).toBeNull();
    expect(auroc([0.1, 0.9], [0, 0])).toBeNull();
    expect(auroc([0.5], [3], [3])).toBeNull();
    expect(auroc([], [])).toBeNull();
    expect(auroc([0.2, NaN, 0.4], [1, 0, 0])).toBeNull();
    expect(auroc([0.1, 0.2, NaN], [0, 1, 1])).toBeNull();
  });
  it('is the share of won pairs of rollouts, in any order of the entries and for any rising function of the values', () => {
    fc.assert(fc.property(fc.array(entry, { maxLength: 12 }), (entries) => {
      const of = (some: typeof entries, f = (value: number): number => value): number | null => auroc(some.map(({ value }) => f(value)), some.map(({ right }) => right), some.map(({ right, wrong }) => right + wrong));
      const expected = byPairs(entries);
      if (expected === null) expect(of(entries)).toBeNull(); else expect(of(entries)).toBeCloseTo(expected, 12);
      expect(of(entries.toReversed())).toBe(of(entries));
      expect(of(entries, (value) => Math.exp(3 * value))).toBe(of(entries));
    }));
  });
});
