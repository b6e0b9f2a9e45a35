import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from './index.ts';

describe('holm', () => {
  it('works out 0.01, 0.04, 0.03: 3 x 0.01, then 2 x 0.03, then no less than before', () => expect(holm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]));
  it('leaves null for what is no test, and does not count it', () => expect(holm([null, 0.02, NaN, 0.5])).toEqual([null, 0.04, null, 0.5]));
  it('stops at 1, leaves a single test as it is, and has nothing to correct in none', () => {
    expect(holm([0.6, 0.7])).toEqual([1, 1]);
    expect(holm([0.2])).toEqual([0.2]);
    expect(holm([])).toEqual([]);
  });
  it('never lowers a p value, goes no further than Bonferroni, keeps their order, and does not care about the order given', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (ps) => {
      const corrected = holm(ps);
      for (const [at, p] of ps.entries()) {
        expect(corrected[at]! >= p && corrected[at]! <= Math.min(1, p * ps.length)).toBe(true);
        for (const [other, q] of ps.entries()) if (p <= q) expect(corrected[at]).toBeLessThanOrEqual(corrected[other]!);
      }
      expect(holm(ps.toReversed()).toReversed()).toEqual(corrected);
    }));
  });
});
