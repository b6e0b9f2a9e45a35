import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './index.ts';

describe('wilsonInterval', () => {
  it('works out 0 of 10: from 0 to z^2 / (10 + z^2) with z = 1.959964', () => {
    const { low, high } = wilsonInterval(0, 10);
    expect(low).toBe(0);
    expect(high).toBeCloseTo(3.841458820694124 / 13.841458820694124, 12); // 0.27753
  });
  it('works out 7 of 10: 0.396778, 0.892209', () => {
    const { low, high } = wilsonInterval(7, 10);
    expect(low).toBeCloseTo(0.396778, 6);
    expect(high).toBeCloseTo(0.892209, 6);
  });
  it('reaches exactly 1 where all are right, also for one item', () => {
    expect(wilsonInterval(10, 10).high).toBe(1);
    expect(wilsonInterval(1, 1).high).toBe(1);
    expect(wilsonInterval(1, 1).low).toBeCloseTo(1 / 4.841458820694124, 12); // 1 / (1 + z^2)
  });
  it('holds the share, mirrors right and wrong, and narrows with more items and less confidence', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const right = Math.round(share * n), { low, high } = wilsonInterval(right, n), mirrored = wilsonInterval(n - right, n);
      expect(low >= 0 && low <= right / n && high >= right / n && high <= 1).toBe(true);
      expect(1 - mirrored.high).toBeCloseTo(low, 12);
      const more = wilsonInterval(4 * right, 4 * n), less = wilsonInterval(right, n, 0.8);
      expect(more.high - more.low).toBeLessThan(high - low);
      expect(less.high - less.low).toBeLessThan(high - low);
    }));
  });
  it('is NaN without items, or for a count outside 0..n', () => {
    for (const [right, n] of [[0, 0], [3, 2], [-1, 2], [NaN, 2], [1, NaN]] as const) expect(wilsonInterval(right, n)).toEqual({ low: NaN, high: NaN });
  });
});
