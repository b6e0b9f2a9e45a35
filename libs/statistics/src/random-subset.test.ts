import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomSubset, seededRandom } from './index.ts';

describe('randomSubset', () => {
  it('takes i with the chance (k - taken) / (n - i): of 4 numbers 2, by numbers that are all 0.6 it takes 1 and 3', () => {
    expect([...randomSubset(4, 2, () => 0.6)]).toEqual([1, 3]); // 0.6 >= 2/4: not 0; 0.6 < 2/3: 1; 0.6 >= 1/2: not 2; 0.6 < 1/1: 3
  });
  it('gives k different numbers below n in ascending order', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 0, max: 40 }), fc.integer(), (n, k, seed) => {
      const subset = [...randomSubset(n, k, seededRandom(seed))];
      expect(subset).toHaveLength(Math.min(n, k));
      expect(subset.every((number, at) => number < n && number > (subset[at - 1] ?? -1))).toBe(true);
    }));
  });
  it('gives every subset equally often: 10 subsets of 3 out of 5', () => {
    const random = seededRandom(3);
    const counts = new Map<string, number>();
    for (let draw = 0; draw < 10_000; draw++) { const key = randomSubset(5, 3, random).join(''); counts.set(key, (counts.get(key) ?? 0) + 1); }
    expect(counts.size).toBe(10);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(3.5 * 30); // 30: deviation of a binomial of 10,000 throws of 1/10
  });
  it('gives all for k from n on, and none for k = 0', () => {
    expect([...randomSubset(3, 5, () => 0.5)]).toEqual([0, 1, 2]);
    expect(randomSubset(3, 0, () => 0.5)).toHaveLength(0);
    expect(randomSubset(0, 2, () => 0.5)).toHaveLength(0);
  });
});
