import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chiSquareTail } from './chi-square-tail.ts';
import { discordantForChiSquare, mcnemar } from './index.ts';

describe('mcnemar', () => {
  it('is exact below 25 discordant items: 3 against 12 have p = 2 (1 + 15 + 105 + 455) / 2^15', () => expect(mcnemar(3, 12)).toEqual({ p: 1152 / 32768, test: 'exact' }));
  it('works out 0 against 5 as 2 / 32 and 0 against 1 as 1', () => {
    expect(mcnemar(0, 5).p).toBe(0.0625);
    expect(mcnemar(0, 1).p).toBe(1);
  });
  it('takes chi-square with continuity correction from 25 on: 10 against 40 have chi^2 = 29^2 / 50 = 16.82', () => {
    const { p, test } = mcnemar(10, 40);
    expect(test).toBe('chi-square');
    expect(p).toBeCloseTo(4.1098e-5, 9);
    expect(mcnemar(12, 12).test).toBe('exact');
    expect(mcnemar(12, 13).test).toBe('chi-square');
    expect(discordantForChiSquare).toBe(25);
  });
  it('says 1 where both sides have the same number, by either test', () => {
    expect(mcnemar(12, 12).p).toBe(1);
    expect(mcnemar(13, 13)).toEqual({ p: 1, test: 'chi-square' });
  });
  it('has nothing to test without a discordant item, or where the numbers are no counts', () => {
    for (const [a, b] of [[0, 0], [-1, 3], [1.5, 3], [NaN, 1]] as const) expect(mcnemar(a, b)).toEqual({ p: null, test: 'none' });
  });
  it('does not care which rule comes first, stays in 0..1, and falls as the counts part', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 0, max: 400 }), (a, b) => {
      expect(mcnemar(b, a)).toEqual(mcnemar(a, b));
      if (a + b === 0) return;
      const p = mcnemar(a, b).p!;
      expect(p > 0 && p <= 1).toBe(true);
      if (a > 0 && a <= b) expect(mcnemar(a - 1, b + 1).p).toBeLessThanOrEqual(p); // same n, further apart
    }));
  });
});

describe('chiSquareTail', () => {
  it('has the tail of the squared normal: 5 % beyond 1.959964^2, 1 % beyond 2.575829^2', () => {
    expect(chiSquareTail(1.959963984540054 ** 2)).toBeCloseTo(0.05, 10);
    expect(chiSquareTail(2.5758293035489004 ** 2)).toBeCloseTo(0.01, 10);
    expect(chiSquareTail(0)).toBe(1);
    expect(chiSquareTail(NaN)).toBeNaN();
  });
  it('keeps its digits where 1 minus the distribution function is 0: erfc of sqrt(50) and sqrt(200)', () => {
    expect(chiSquareTail(100) / 1.5239706048321e-23).toBeCloseTo(1, 12);
    expect(chiSquareTail(400) / 5.507248237212467e-89).toBeCloseTo(1, 12);
  });
  it('joins its two ways without a step at 4', () => expect(chiSquareTail(4 - 1e-9) / chiSquareTail(4)).toBeCloseTo(1, 8));
});
