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
interface Trials {
  readonly item: Int32Array;
  readonly values: Float64Array;
  readonly rollouts: Float64Array;
  readonly right: Float64Array;
  readonly final: Uint8Array; // 1: final
}

export const prefixCountOf = (items: readonly ItemColumns[]): number => items.reduce((sum, { prefixes }) => sum + prefixes.values.length, 0);

/** `items` in the order of a layout: set after set. Items are resampled within their set. */
export function prmOf(items: readonly ItemColumns[], options: IntervalOptions): PrmResult {
  const strata = [...Map.groupBy(items, ({ set }) => set).values()].map(({ length }) => length);
  const all = trialsOf(items);
  return { inner: partFrom(only(all, 0), strata, options), final: partFrom(only(all, 1), strata, options), all: partFrom(all, strata, options) };
}

function trialsOf(items: readonly ItemColumns[]): Trials {
  const count = prefixCountOf(items);
  const trials = { item: new Int32Array(count), values: new Float64Array(count), rollouts: new Float64Array(count), right: new Float64Array(count), final: new Uint8Array(count) };
  let at = 0;
  for (const [index, { prefixes: { inner, values, rollouts, right } }] of items.entries()) {
    trials.item.fill(index, at, at + values.length);
    trials.values.set(values, at);
    trials.rollouts.set(rollouts, at);
    trials.right.set(right, at);
    trials.final.fill(1, at + inner, at += values.length);
  }
  return inOrder(trials, Uint32Array.from({ length: count }, (_, index) => index).sort((a, b) => trials.values[a]! - trials.values[b]!));
}

const only = (trials: Trials, final: 0 | 1): Trials => inOrder(trials, Uint32Array.from(trials.final, (_, at) => at).filter((at) => trials.final[at] === final));

const inOrder = ({ item, values, rollouts, right, final }: Trials, order: Uint32Array): Trials => ({
  item: Int32Array.from(order, (at) => item[at]!), values: Float64Array.from(order, (at) => values[at]!), rollouts: Float64Array.from(order, (at) => rollouts[at]!), right: Float64Array.from(order, (at) => right[at]!),
  final: Uint8Array.from(order, (at) => final[at]!),
});

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
