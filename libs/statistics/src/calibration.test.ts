import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brier, calibration } from './index.ts';

describe('brier', () => {
  it('works out 1 of 4 right at 0.2 and 3 of 4 at 0.6: (0.64 + 3 x 0.04 + 3 x 0.16 + 0.36) / 8 = 0.2', () => expect(brier([0.2, 0.6], [1, 3], [4, 4])).toBeCloseTo(0.2, 15));
  it('is 0 for values that know, 1 for values that know the contrary, 1/4 for 1/2', () => {
    expect(brier([1, 0], [3, 0], [3, 5])).toBe(0);
    expect(brier([0, 1], [3, 0], [3, 5])).toBe(1);
    expect(brier([0.5, 0.5], [1, 2], [2, 2])).toBe(0.25);
  });
  it('counts an entry of 2 rollouts as two of one', () => expect(brier([0.3, 0.8], [1, 1], [2, 1])).toBeCloseTo(brier([0.3, 0.3, 0.8], [1, 0, 1], [1, 1, 1])!, 15));
  it('is null without rollouts, and where a value is NaN', () => {
    expect(brier([], [], [])).toBeNull();
    expect(brier([0.5], [0], [0])).toBeNull();
    expect(brier([0.5, NaN], [1, 1], [1, 1])).toBeNull();
  });
});

describe('calibration', () => {
  it('works out two bins: value 0.2 with 1/4 right, value 0.6 with 3/4 right, ECE = 4/8 x 0.05 + 4/8 x 0.15 = 0.1', () => {
    const { bins, ece } = calibration([0.2, 0.6], [1, 3], [4, 4], 2);
    expect(bins).toEqual([{ low: 0, high: 0.5, n: 4, value: 0.2, right: 0.25 }, { low: 0.5, high: 1, n: 4, value: expect.closeTo(0.6, 15), right: 0.75 }]);
    expect(ece).toBeCloseTo(0.1, 15);
  });
  it('puts 0.5 into the upper of two bins and 1 into the last', () => expect(calibration([0.5, 1, 0], [1, 1, 0], [1, 1, 1], 2).bins.map(({ n }) => n)).toEqual([1, 2]));
  it('has 10 bins, and null for value and share of an empty one', () => {
    const { bins } = calibration([0.95], [1], [1]);
    expect(bins).toHaveLength(10);
    expect(bins[3]).toEqual({ low: 0.3, high: 0.4, n: 0, value: null, right: null });
  });
  it('has no error without rollouts, or where a value is no number of 0..1', () => {
    expect(calibration([], [], []).ece).toBeNull();
    for (const value of [NaN, -0.1, 1.1]) expect(calibration([0.5, value], [1, 1], [1, 1]).ece).toBeNull();
  });
  it('keeps every rollout in one bin whose values lie in it, with an error of 0..1 whatever the order', () => {
    const entries = fc.array(fc.record({ value: fc.double({ min: 0, max: 1, noNaN: true }), right: fc.nat(5), wrong: fc.nat(5) }), { minLength: 1 });
    fc.assert(fc.property(entries, fc.integer({ min: 1, max: 20 }), (some, count) => {
      const of = (list: typeof some): ReturnType<typeof calibration> => calibration(list.map(({ value }) => value), list.map(({ right }) => right), list.map(({ right, wrong }) => right + wrong), count);
      const { bins, ece } = of(some);
      expect(bins.reduce((sum, { n }) => sum + n, 0)).toBe(some.reduce((sum, { right, wrong }) => sum + right + wrong, 0));
      for (const { low, high, value } of bins) if (value !== null) expect(value >= low - 1e-12 && value <= high + 1e-12).toBe(true);
      if (ece !== null) { expect(ece).toBeGreaterThanOrEqual(0); expect(ece).toBeLessThanOrEqual(1); expect(of(some.toReversed()).ece).toBeCloseTo(ece, 12); }
    }));
  });
});
