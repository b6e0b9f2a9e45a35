import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reduceValues, reducerNames } from './index.ts';

describe('reducers', () => {
  it('work out the steps 0.5, 0.2, 0.8: last 0.8, min 0.2, mean 0.5, product 0.08, geometric mean 0.08^(1/3), max 0.8', () => {
    const reduced = Object.fromEntries(reducerNames.map((name) => [name, reduceValues(name, [0.5, 0.2, 0.8])]));
    expect(reduced).toEqual({ last: 0.8, min: 0.2, mean: 0.5, product: expect.closeTo(0.08, 15), 'geometric-mean': expect.closeTo(0.4308869380063768, 15), max: 0.8 });
  });
  it('give the value itself for a solution of one step', () => {
    for (const name of reducerNames) expect(reduceValues(name, [0.25])).toBeCloseTo(0.25, 15);
  });
  it('give 0 for a product and a geometric mean with a 0 in it', () => expect([reduceValues('product', [0.9, 0]), reduceValues('geometric-mean', [0.9, 0])]).toEqual([0, 0]));
  it('give NaN without values, without a scorer, and where one value is NaN', () => {
    for (const name of reducerNames) expect([reduceValues(name, []), reduceValues(name, null), reduceValues(name, [0.5, NaN]), reduceValues(name, [NaN, 0.5])]).toEqual([NaN, NaN, NaN, NaN]);
  });
  it('lie between the least and the greatest value (the product between 0 and the least), in the order min <= geometric mean <= mean <= max', () => {
    fc.assert(fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 30 }), (values) => {
      const of = (name: (typeof reducerNames)[number]): number => reduceValues(name, values);
      expect(of('last')).toBe(values.at(-1));
      expect([of('min'), of('max')]).toEqual([Math.min(...values), Math.max(...values)]);
      expect(of('product')).toBeGreaterThanOrEqual(0);
      expect(of('product')).toBeLessThanOrEqual(of('min'));
      expect(of('min')).toBeLessThanOrEqual(of('geometric-mean') + 1e-12);
      expect(of('geometric-mean')).toBeLessThanOrEqual(of('mean') + 1e-12);
      expect(of('mean')).toBeLessThanOrEqual(of('max') + 1e-12);
      for (const name of ['min', 'mean', 'product', 'geometric-mean', 'max'] as const) expect(reduceValues(name, values.toReversed())).toBeCloseTo(of(name), 12);
    }));
  });
});
