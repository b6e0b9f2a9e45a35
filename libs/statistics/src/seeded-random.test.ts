import { describe, expect, it } from 'vitest';
import { seededRandom } from './index.ts';

const firstFour = (seed: number): readonly number[] => Array.from({ length: 4 }, seededRandom(seed)).map((number) => number * 2 ** 32);

describe('seededRandom', () => {
  it('gives the numbers of xoshiro128**, as a second implementation with whole numbers of any size has them', () => {
    expect(firstFour(1)).toEqual([2442144158, 3238099751, 3819917871, 2104621829]);
    expect(firstFour(2 ** 40 + 3)).toEqual([329532895, 61185785, 1317076682, 445920232]);
    expect(firstFour(-1)).toEqual([4076317958, 2022755225, 3689328358, 469858168]);
  });
  it('fills 0..1 evenly: 256 bins of 256,000 numbers have a chi-square that a fair generator exceeds in 1 of 20, and so have pairs of neighbours', () => {
    const random = seededRandom(7);
    const chiSquareOf = (bins: number, each: number, next: () => number): number => {
      const counts = new Float64Array(bins);
      for (let left = bins * each; left > 0; left--) counts[next()]!++;
      return counts.reduce((sum, count) => sum + (count - each) ** 2 / each, 0);
    };
    expect(chiSquareOf(256, 1000, () => Math.floor(random() * 256))).toBeLessThan(293.25); // 0.95 quantile, 255 degrees
    expect(chiSquareOf(256, 1000, () => Math.floor(random() * 16) * 16 + Math.floor(random() * 16))).toBeLessThan(293.25);
  });
  it('gives neighbouring seeds numbers that have nothing to do with each other', () => {
    const first = Array.from({ length: 2000 }, (_, seed) => seededRandom(seed)());
    const mean = first.reduce((sum, x) => sum + x, 0) / 2000;
    const lagged = first.slice(1).reduce((sum, x, at) => sum + (x - 0.5) * (first[at]! - 0.5), 0) / 1999 * 12; // correlation of seed s and s + 1
    expect(Math.abs(mean - 0.5)).toBeLessThan(3 * Math.sqrt(1 / 12 / 2000));
    expect(Math.abs(lagged)).toBeLessThan(3 / Math.sqrt(1999));
  });
});
