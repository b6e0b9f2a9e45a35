// Means of columns with their intervals. Questions are resampled, not candidates: samples of one question are not independent of each other.
//
//   set s:   x_s = mean of the column over the items of s;  its draws: means of n_s items drawn with replacement from s (stratified bootstrap)
//   average: sum_s w_s x_s                                   micro w_s = n_s / n, macro w_s = 1 / S; its draws: the same sum of the draws of the sets
//
// A draw takes the same items for every column, so the draws of a difference of two columns are the differences of their draws: the paired bootstrap.
import { bootstrapMeans, percentileInterval } from '@slowthink/statistics';
import { hashSeed } from '@slowthink/records';
import type { Estimate } from './evaluation.ts';
import type { Layout } from './layout.ts';

export interface IntervalOptions {
  readonly draws: number; // 0: no intervals
  readonly seed: number;
  readonly confidence: number; // 0..1
}

/** What is averaged: sets by their number in the layout, with weights that add up to 1. */
export interface Scope { readonly sets: readonly number[]; readonly weights: readonly number[] }

export const setScope = (set: number): Scope => ({ sets: [set], weights: [1] });

/** All items alike. Sets without items have no weight. */
export function microScope({ sets, items }: Layout): Scope {
  const filled = filledOf(sets);
  return { sets: filled, weights: filled.map((at) => (sets[at]!.to - sets[at]!.from) / items.length) };
}

/** All sets of at least `itemsMin` items alike. */
export function macroScope({ sets }: Layout, itemsMin = 1): Scope {
  const large = filledOf(sets).filter((at) => sets[at]!.to - sets[at]!.from >= itemsMin);
  return { sets: large, weights: large.map(() => 1 / large.length) };
}

const filledOf = (sets: Layout['sets']): readonly number[] => sets.flatMap(({ from, to }, at) => (to > from ? [at] : []));

export interface Estimates {
  of: (column: Float64Array, scope: Scope) => Estimate;
  /** Mean of a minus mean of b. */
  difference: (a: Float64Array, b: Float64Array, scope: Scope) => Estimate;
}

/** The resample depends on seed and names of the sets alone, so that two calls with other columns draw the same items. A column that holds NaN has no value in the sets where it does. */
export function estimatesOf({ sets }: Layout, groups: readonly (readonly Float64Array[])[], { draws, seed, confidence }: IntervalOptions): Estimates {
  const drawn = new Map<Float64Array, readonly Float64Array[]>(); // draws a set
  if (draws > 0) {
    for (const columns of groups) { // a group at a time: columns of rights and wrongs have few distinct rows, which bootstrapMeans makes use of
      const ofSets = sets.map(({ name, from, to }) => bootstrapMeans(columns.map((column) => column.subarray(from, to)), { strata: [to - from], draws, seed: hashSeed(seed, 'bootstrap', name), of: 'items' }));
      for (const [at, column] of columns.entries()) drawn.set(column, ofSets.map((set) => set[at]!));
    }
  }
  const meanOf = (column: Float64Array, set: number): number => {
    let sum = 0;
    for (let at = sets[set]!.from; at < sets[set]!.to; at++) sum += column[at]!;
    return sum / (sets[set]!.to - sets[set]!.from);
  };
  const sizeOf = (scope: Scope): number => Math.max(0, ...scope.sets.map((set) => sets[set]!.to - sets[set]!.from));

  /** sum_k sign_k sum_s w_s column_k. */
  const estimate = (signed: readonly (readonly [column: Float64Array, sign: 1 | -1])[], scope: Scope): Estimate => {
    const largest = sizeOf(scope);
    if (largest === 0) return unknown('there is no item');
    let value = 0;
    for (const [at, set] of scope.sets.entries()) for (const [column, sign] of signed) value += sign * scope.weights[at]! * meanOf(column, set);
    if (Number.isNaN(value)) return unknown('it is not defined for an item');
    if (draws === 0) return { value, low: null, high: null, why: 'intervals were not asked for' };
    if (largest < 2) return { value, low: null, high: null, why: 'an interval needs 2 items' };
    const sums = new Float64Array(draws);
    for (const [at, set] of scope.sets.entries()) {
      for (const [column, sign] of signed) {
        const means = drawn.get(column)![set]!, weight = sign * scope.weights[at]!;
        for (let draw = 0; draw < draws; draw++) sums[draw]! += weight * means[draw]!;
      }
    }
    const { low, high } = percentileInterval(sums, confidence);
    return { value, low, high, ...(high - low < 1e-12 ? { why: 'the same on every item of a set: the interval is a point' } : {}) };
  };
  return { of: (column, scope) => estimate([[column, 1]], scope), difference: (a, b, scope) => estimate([[a, 1], [b, -1]], scope) };
}

/** A number that is not defined, and why. */
export const unknown = (why: string): Estimate => ({ value: null, low: null, high: null, why });
