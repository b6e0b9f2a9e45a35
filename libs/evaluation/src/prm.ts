// Step values against what came of the steps. Weighted by rollouts: a prefix through which n candidates go, r of them right, is n trials of its value. Definitions and bootstrap: libs/statistics (auroc, brier, calibration, bootstrapQuality).
import { auroc, bootstrapQuality, brier, calibration, percentileInterval } from '@slowthink/statistics';
import { hashSeed } from '@slowthink/records';
import type { ItemColumns } from './columns.ts';
import { unknown, type IntervalOptions } from './estimates.ts';
import type { Estimate, PrmPart, PrmResult } from './evaluation.ts';

const stepsMost = 4e8; // prefixes x draws: some ten seconds
const drawsLeast = 1000;

/** Draws for so many prefixes: those that were asked for, fewer (but 1,000) where prefixes are tens of thousands. */
export const prmDrawsFor = (prefixes: number, draws: number): number => Math.min(draws, Math.max(drawsLeast, Math.floor(stepsMost / Math.max(1, prefixes))));

/** The prefixes of many items, by ascending value: a draw then reads them in the order in which they lie in memory. */
interface Trials { readonly item: Int32Array; readonly values: Float64Array; readonly rollouts: Float64Array; readonly right: Float64Array }

export const prefixCountOf = (items: readonly ItemColumns[]): number => items.reduce((sum, { prefixes }) => sum + prefixes.values.length, 0);

/** `items` in the order of a layout: set after set. Items are resampled within their set. */
export function prmOf(items: readonly ItemColumns[], options: IntervalOptions): PrmResult {
  const strata = [...Map.groupBy(items, ({ set }) => set).values()].map(({ length }) => length);
  const partOf = (which: keyof PrmResult): PrmPart => partFrom(trialsOf(items, which), strata, options);
  return { inner: partOf('inner'), final: partOf('final'), all: partOf('all') };
}

function trialsOf(items: readonly ItemColumns[], which: keyof PrmResult): Trials {
  const spans = items.map(({ prefixes: { inner, values } }) => [which === 'final' ? inner : 0, which === 'inner' ? inner : values.length] as const);
  const count = spans.reduce((sum, [from, to]) => sum + to - from, 0);
  const item = new Int32Array(count), values = new Float64Array(count), rollouts = new Float64Array(count), right = new Float64Array(count);
  let at = 0;
  for (const [index, [from, to]] of spans.entries()) {
    const { prefixes } = items[index]!;
    item.fill(index, at, at + to - from);
    values.set(prefixes.values.subarray(from, to), at);
    rollouts.set(prefixes.rollouts.subarray(from, to), at);
    right.set(prefixes.right.subarray(from, to), at);
    at += to - from;
  }
  const order = Uint32Array.from({ length: count }, (_, index) => index).sort((a, b) => values[a]! - values[b]! || a - b);
  const ordered = (column: Float64Array): Float64Array => Float64Array.from(order, (index) => column[index]!);
  return { item: Int32Array.from(order, (index) => item[index]!), values: ordered(values), rollouts: ordered(rollouts), right: ordered(right) };
}

function partFrom({ item, values, rollouts, right }: Trials, strata: readonly number[], { draws, seed, confidence }: IntervalOptions): PrmPart {
  const { bins, ece } = calibration(values, right, rollouts);
  const counts = { prefixes: values.length, rollouts: rollouts.reduce((sum, n) => sum + n, 0), bins };
  if (values.length === 0) return { ...counts, auroc: unknown('there is no step value'), brier: unknown('there is no step value'), ece: unknown('there is no step value') };
  const single = strata.every((size) => size < 2);
  const drawn = single || draws === 0 ? undefined : bootstrapQuality(values, right, rollouts, item, { strata, draws, seed: hashSeed(seed, 'step values') });
  const estimate = (value: number | null, found: Float64Array | undefined): Estimate => {
    if (value === null) return unknown(right.every((r) => r === 0) ? 'no rollout is right' : 'every rollout is right');
    if (found === undefined) return { value, low: null, high: null, why: single ? 'an interval needs 2 items' : 'intervals were not asked for' };
    const defined = found.filter((one) => !Number.isNaN(one));
    const missing = draws - defined.length;
    if (missing > draws / 2) return { value, low: null, high: null, why: `it is not defined in ${missing} of ${draws} draws` };
    return { value, ...percentileInterval(defined, confidence), ...(missing > 0 ? { why: `${missing} of ${draws} draws, in which it is not defined, are left out` } : {}) };
  };
  return { ...counts, auroc: estimate(auroc(values, right, rollouts), drawn?.auroc), brier: estimate(brier(values, right, rollouts), drawn?.brier), ece: estimate(ece, drawn?.ece) };
}
