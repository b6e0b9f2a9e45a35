import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bootstrapMeans, itemResampler, percentileInterval, type BootstrapOptions } from './index.ts';

const once = (items: readonly number[], strata: readonly number[], of: BootstrapOptions['of']): BootstrapOptions => ({ strata, draws: 1, seed: 0, of, resample: () => Int32Array.from(items) });
const cell = fc.constantFrom(0, 1, 0.5, 0.3);
const table = fc.tuple(fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 4 }), fc.integer({ min: 1, max: 4 }), fc.integer()).chain(([strata, columns, seed]) => fc.record({
  strata: fc.constant(strata), seed: fc.constant(seed), of: fc.constantFrom('items' as const, 'strata' as const),
  columns: fc.array(fc.array(cell, { minLength: strata.reduce((sum, size) => sum + size, 0), maxLength: strata.reduce((sum, size) => sum + size, 0) }).map((cells) => Float64Array.from(cells)), { minLength: columns, maxLength: columns }),
}));

describe('bootstrapMeans', () => {
  it('works out a draw by hand: items 0, 1, 2, 2 of 1 | 0, 1, 0 have the mean 3/4 over items and (1 + 2/3) / 2 over strata', () => {
    const column = Float64Array.of(1, 0, 1, 0);
    expect(bootstrapMeans([column], once([0, 1, 2, 2], [1, 3], 'items'))[0]![0]).toBe(0.75);
    expect(bootstrapMeans([column], once([0, 1, 2, 2], [1, 3], 'strata'))[0]![0]).toBeCloseTo(5 / 6, 15);
  });
  it('draws within strata: a column that is 1 in one stratum has the same mean in every draw', () => {
    const [draws] = bootstrapMeans([Float64Array.of(1, 1, 1, 0, 0)], { strata: [3, 2], draws: 50, seed: 1, of: 'items' });
    expect(new Set(draws)).toEqual(new Set([0.6]));
  });
  it('gives every column the same resample, so the draws of a difference are the differences of the draws (paired)', () => {
    fc.assert(fc.property(table, ({ columns, strata, seed, of }) => {
      const difference = columns[0]!.map((value, item) => value - columns.at(-1)![item]!);
      const [a, b, paired] = bootstrapMeans([columns[0]!, columns.at(-1)!, difference], { strata, draws: 20, seed, of });
      for (let draw = 0; draw < 20; draw++) expect(paired![draw]).toBeCloseTo(a![draw]! - b![draw]!, 12);
    }));
  });
  it('has the means that a plain gather of the same items gives, whichever other columns there are', () => {
    fc.assert(fc.property(table, ({ columns, strata, seed, of }) => {
      const drawn = bootstrapMeans(columns, { strata, draws: 8, seed, of });
      const itemsOf = itemResampler({ strata, draws: 8, seed });
      for (let draw = 0; draw < 8; draw++) {
        const items = itemsOf(draw);
        for (const [at, column] of columns.entries()) {
          let start = 0;
          const means = strata.map((size) => items.subarray(start, start += size).reduce((sum, item) => sum + column[item]!, 0) / size);
          const plain = of === 'strata' ? means.reduce((sum, mean) => sum + mean, 0) / strata.length : items.reduce((sum, item) => sum + column[item]!, 0) / items.length;
          expect(drawn[at]![draw]).toBeCloseTo(plain, 12);
        }
      }
    }));
  });
  it('stays between the least and the greatest item, and repeats itself with its seed', () => {
    fc.assert(fc.property(table, ({ columns, ...options }) => {
      const drawn = bootstrapMeans(columns, { ...options, draws: 10 });
      expect(bootstrapMeans(columns, { ...options, draws: 10 })).toEqual(drawn);
      for (const [at, column] of columns.entries()) {
        expect(Math.min(...drawn[at]!)).toBeGreaterThanOrEqual(Math.min(...column) - 1e-12);
        expect(Math.max(...drawn[at]!)).toBeLessThanOrEqual(Math.max(...column) + 1e-12);
      }
    }));
    const column = Float64Array.from({ length: 40 }, (_, item) => item % 2);
    expect(bootstrapMeans([column], { strata: [40], draws: 10, seed: 1, of: 'items' })).not.toEqual(bootstrapMeans([column], { strata: [40], draws: 10, seed: 2, of: 'items' }));
  });
  it('spreads as the standard error says: 70 of 100 right give 0.7 -+ 1.96 sqrt(0.21 / 100)', () => {
    const { low, high } = percentileInterval(bootstrapMeans([Float64Array.from({ length: 100 }, (_, item) => (item < 70 ? 1 : 0))], { strata: [100], draws: 10_000, seed: 1, of: 'items' })[0]!);
    expect(low).toBeCloseTo(0.7 - 1.96 * Math.sqrt(0.0021), 2);
    expect(high).toBeCloseTo(0.7 + 1.96 * Math.sqrt(0.0021), 2);
  });
  it('is a point for one item, for all right and for all wrong', () => {
    const draws = (column: Float64Array): ReadonlySet<number> => new Set(bootstrapMeans([column], { strata: [column.length], draws: 20, seed: 1, of: 'items' })[0]);
    expect(draws(Float64Array.of(0.4))).toEqual(new Set([0.4]));
    expect(draws(new Float64Array(9).fill(1))).toEqual(new Set([1]));
    expect(draws(new Float64Array(9))).toEqual(new Set([0]));
  });
  it('is NaN where nothing is defined: no items, an empty stratum among the strata to average, a column of another length, a NaN in a column', () => {
    const first = (column: Float64Array, strata: readonly number[], of: BootstrapOptions['of']): number => bootstrapMeans([column], { strata, draws: 2, seed: 1, of })[0]![0]!;
    expect(first(new Float64Array(0), [], 'items')).toBeNaN();
    expect(first(new Float64Array(0), [0], 'strata')).toBeNaN();
    expect(first(Float64Array.of(1, 1), [2, 0], 'strata')).toBeNaN();
    expect(first(Float64Array.of(1, 1), [2, 0], 'items')).toBe(1);
    expect(first(Float64Array.of(1, 1, 1), [2], 'items')).toBeNaN();
    expect(first(Float64Array.of(1), [2], 'items')).toBeNaN();
    expect(first(Float64Array.of(1, NaN, 1, 1, 1, 1), [6], 'items')).toBeNaN();
  });
});
