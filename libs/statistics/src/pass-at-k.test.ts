import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { passAtK, passHatK } from './index.ts';

describe('passAtK and passHatK', () => {
  it('work out 2 right of 4, k = 2: 1 - C(2,2)/C(4,2) = 5/6, C(2,2)/C(4,2) = 1/6', () => {
    expect(passAtK(4, 2, 2)).toBeCloseTo(5 / 6, 15);
    expect(passHatK(4, 2, 2)).toBeCloseTo(1 / 6, 15);
  });
  it('are the share of right samples for k = 1 (avg@n)', () => {
    expect(passAtK(8, 3, 1)).toBeCloseTo(3 / 8, 15);
    expect(passHatK(8, 3, 1)).toBeCloseTo(3 / 8, 15);
  });
  it('are the oracle and its opposite for k = n: any right, all right', () => {
    expect([passAtK(16, 1, 16), passAtK(16, 0, 16)]).toEqual([1, 0]);
    expect([passHatK(16, 16, 16), passHatK(16, 15, 16)]).toEqual([1, 0]);
  });
  it('say 1 where fewer than k are wrong, and 0 where fewer than k are right', () => {
    expect(passAtK(10, 8, 3)).toBe(1);
    expect(passHatK(10, 2, 3)).toBe(0);
  });
  it('are NaN for n < k, k < 1, a count outside 0..n, and numbers that are not whole', () => {
    for (const [n, c, k] of [[4, 2, 5], [4, 2, 0], [4, 5, 2], [4, -1, 2], [4, 1.5, 2], [4, 2, 1.5], [NaN, 1, 1], [0, 0, 1]] as const) {
      expect(passAtK(n, c, k)).toBeNaN();
      expect(passHatK(n, c, k)).toBeNaN();
    }
  });
  it('are stable for 4,096 samples, whose binomial coefficients overflow: 1 of 4,096 right has pass@k = k / 4096', () => {
    for (const k of [1, 2, 64, 1000, 2048, 4095, 4096]) expect(passAtK(4096, 1, k)).toBeCloseTo(k / 4096, 12);
    expect(passHatK(4096, 4095, 1024)).toBeCloseTo(3072 / 4096, 12);
  });
  it('stay in 0..1, pass@k grows and pass^k falls with k, and both grow with c', () => {
    fc.assert(fc.property(fc.integer({ min: 2, max: 300 }).chain((n) => fc.tuple(fc.constant(n), fc.integer({ min: 0, max: n - 1 }), fc.integer({ min: 1, max: n - 1 }))), ([n, c, k]) => {
      for (const of of [passAtK, passHatK]) expect(of(n, c, k) >= 0 && of(n, c, k) <= of(n, c + 1, k) + 1e-12 && of(n, c, k) <= 1).toBe(true);
      expect(passAtK(n, c, k + 1)).toBeGreaterThanOrEqual(passAtK(n, c, k) - 1e-12);
      expect(passHatK(n, c, k + 1)).toBeLessThanOrEqual(passHatK(n, c, k) + 1e-12);
      expect(passAtK(n, c, k)).toBeCloseTo(1 - passHatK(n, n - c, k), 12);
    }));
  });
});
