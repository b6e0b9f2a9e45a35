import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shares } from './shares.ts';

it('gives one to each, and the rest by weight, of equal weights to the better', () => {
  expect(shares(16, [1])).toEqual([16]);
  expect(shares(8, [5, 2, 1])).toEqual([5, 2, 1]);
  expect(shares(8, [1, 1, 6])).toEqual([1, 1, 6]);
  expect(shares(10, [1, 1, 1, 1])).toEqual([3, 3, 2, 2]);
  expect(shares(4, [2, 1])).toEqual([3, 1]); // 1 1, then 2/2 > 1/2, then 2/3 > 1/2
  expect(shares(2, [1, 1, 6])).toEqual([1, 1, 0]);
});

it('gives out all of them and never less to the heavier', () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 40 }), fc.array(fc.integer({ min: 1, max: 16 }), { minLength: 1, maxLength: 8 }), (count, weights) => {
    const given = shares(count, weights);
    expect(given.reduce((sum, one) => sum + one, 0)).toBe(count);
    if (count >= weights.length) for (const [a, weight] of weights.entries()) for (const [b, other] of weights.entries()) if (weight > other) expect(given[a]).toBeGreaterThanOrEqual(given[b]!);
  }));
});
