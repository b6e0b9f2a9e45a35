import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentileInterval, quantile } from './index.ts';

describe('percentileInterval', () => {
  it('takes the 2.5 % and 97.5 % quantiles, linear between order statistics: of 1, 2, 3, 4 the places 0.075 and 2.925', () => {
    const { low, high } = percentileInterval(Float64Array.of(4, 2, 1, 3));
    expect(low).toBeCloseTo(1.075, 12);
    expect(high).toBeCloseTo(3.925, 12);
    expect(percentileInterval(Float64Array.from({ length: 101 }, (_, at) => at))).toEqual({ low: expect.closeTo(2.5, 12), high: 97.5 });
  });
  it('narrows with the confidence, to the median at 0', () => {
    const draws = Float64Array.of(1, 2, 3, 4, 10);
    expect(percentileInterval(draws, 0.5)).toEqual({ low: 2, high: 4 });
    expect(percentileInterval(draws, 0)).toEqual({ low: 3, high: 3 });
    expect(percentileInterval(draws, 1)).toEqual({ low: 1, high: 10 });
  });
  it('is a point where all draws are equal', () => expect(percentileInterval(new Float64Array(1000).fill(0.1))).toEqual({ low: 0.1, high: 0.1 }));
  it('leaves the draws as they are', () => {
    const draws = Float64Array.of(3, 1, 2);
    percentileInterval(draws);
    expect([...draws]).toEqual([3, 1, 2]);
  });
  it('is NaN without draws, or where one is NaN', () => {
    expect(percentileInterval(new Float64Array(0))).toEqual({ low: NaN, high: NaN });
    expect(percentileInterval(Float64Array.of(1, NaN, 2))).toEqual({ low: NaN, high: NaN });
  });
  it('has quantiles between the least and the greatest that grow with q, in any order of the numbers', () => {
    const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(fc.property(fc.array(number, { minLength: 1 }), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true }), (numbers, p, q) => {
      const [low, high] = [quantile(numbers, Math.min(p, q)), quantile(numbers, Math.max(p, q))];
      expect(low).toBeLessThanOrEqual(high);
      expect(low).toBeGreaterThanOrEqual(Math.min(...numbers));
      expect(high).toBeLessThanOrEqual(Math.max(...numbers));
      expect(quantile(numbers.toReversed(), q)).toBe(quantile(numbers, q));
    }));
  });
});
