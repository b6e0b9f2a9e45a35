import { hashSeed } from '@slowthink/records';
import { bootstrapMeans, percentileInterval } from '@slowthink/statistics';
import { describe, expect, it } from 'vitest';
import { columnsOf } from './columns.ts';
import { estimatesOf, macroScope, microScope, setScope } from './estimates.ts';
import { columnOf, layOut, type Layout } from './layout.ts';
import { verdictsOf } from './testing/verdicts.ts';

const options = { draws: 2000, seed: 7, confidence: 0.95 };

/** Sets of so many items. */
const layoutOf = (sizes: { readonly [set: string]: number }): Layout => layOut(Object.entries(sizes).flatMap(([dataset, size]) => Array.from({ length: size }, (_, at) => columnsOf(verdictsOf(`${dataset}/${at}`, ['A'], { dataset })))), Object.keys(sizes));

describe('estimatesOf', () => {
  it('averages over items (1 + 1 + 1 + 0 of 4) and over sets ((1 + 1/2) / 2)', () => {
    const layout = layoutOf({ a: 2, b: 2 }), column = Float64Array.of(1, 1, 1, 0);
    const estimates = estimatesOf(layout, [[column]], options);
    expect(estimates.of(column, setScope(1)).value).toBe(0.5);
    expect(estimates.of(column, microScope(layout)).value).toBe(0.75);
    const uneven = layoutOf({ a: 1, b: 3 }), ofUneven = estimatesOf(uneven, [[column]], options);
    expect(ofUneven.of(column, microScope(uneven)).value).toBeCloseTo(3 / 4, 15);
    expect(ofUneven.of(column, macroScope(uneven)).value).toBeCloseTo((1 + 2 / 3) / 2, 15);
  });

  it('draws within sets: a set that is all right and one that is all wrong leave nothing to chance', () => {
    const layout = layoutOf({ a: 3, b: 3 }), column = Float64Array.of(1, 1, 1, 0, 0, 0);
    expect(estimatesOf(layout, [[column]], options).of(column, microScope(layout))).toEqual({ value: 0.5, low: 0.5, high: 0.5, why: 'the same on every item of a set: the interval is a point' });
  });

  it('has the percentile interval of the bootstrap of libs/statistics, seeded by the name of the set', () => {
    const layout = layoutOf({ a: 4 }), column = Float64Array.of(1, 0, 1, 1);
    const draws = bootstrapMeans([column], { strata: [4], draws: 2000, seed: hashSeed(7, 'bootstrap', 'a'), of: 'items' })[0]!;
    expect(estimatesOf(layout, [[column]], options).of(column, setScope(0))).toEqual({ value: 0.75, ...percentileInterval(draws) });
  });

  it('resamples two sets of one size apart: else both would be lucky in the same draws', () => {
    const both = layoutOf({ a: 20, b: 20 }), column = columnOf(both, (_, at) => Number(at % 20 < 10));
    const estimates = estimatesOf(both, [[column]], options);
    const widthOf = ({ low, high }: { readonly low: number | null; readonly high: number | null }): number => high! - low!;
    expect(widthOf(estimates.of(column, microScope(both))) / widthOf(estimates.of(column, setScope(0)))).toBeCloseTo(Math.SQRT1_2, 1); // 1/sqrt 2 of one set, not 1
  });

  it('pairs a difference: two rules that differ on no item differ by nothing, though each has an interval, also from two groups of columns', () => {
    const layout = layoutOf({ a: 5 }), [one, other] = [Float64Array.of(1, 0, 1, 0, 1), Float64Array.of(1, 0, 1, 0, 1)];
    const estimates = estimatesOf(layout, [[one], [other, Float64Array.of(0.3, 0.1, 0.2, 0.7, 0.9)]], options);
    expect(estimates.of(one, setScope(0))).toMatchObject({ value: 0.6, low: 0.2, high: 1 });
    expect(estimates.difference(one, other, setScope(0))).toMatchObject({ value: 0, low: 0, high: 0 });
  });

  it('has no interval for one item, for no draws, and no value without items or where an item has none', () => {
    const layout = layoutOf({ a: 1, b: 0, c: 2 }), column = Float64Array.of(1, 0, 1), holed = Float64Array.of(1, NaN, 1);
    const estimates = estimatesOf(layout, [[column, holed]], options);
    expect(estimates.of(column, setScope(0))).toEqual({ value: 1, low: null, high: null, why: 'an interval needs 2 items' });
    expect(estimates.of(column, setScope(1))).toEqual({ value: null, low: null, high: null, why: 'there is no item' });
    expect(estimates.of(holed, setScope(2))).toEqual({ value: null, low: null, high: null, why: 'it is not defined for an item' });
    expect(estimatesOf(layout, [[column]], { ...options, draws: 0 }).of(column, setScope(2))).toEqual({ value: 0.5, low: null, high: null, why: 'intervals were not asked for' });
    expect(macroScope(layout).sets).toEqual([0, 2]); // the empty set has no weight
  });
});
