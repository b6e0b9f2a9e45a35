// Step values against what came of the steps. Weighted by rollouts: a prefix through which n candidates go, r of them right, is n trials of its value. Definitions: libs/statistics (auroc, brier, calibration).
//
//   intervals   items are resampled within their sets; t_i: how often item i was drawn
//   Brier       sum_i t_i B_i / sum_i t_i K_i               B_i: sum of squared errors of item i, K_i: its rollouts
//   ECE         sum_b | sum_i t_i D_ib | / sum_i t_i K_i    D_ib: right rollouts minus n v, in bin b
import { aurocInOrder, brier, calibration, percentileInterval, seededRandom } from '@slowthink/statistics';
import { hashSeed } from '@slowthink/records';
import type { ItemColumns } from './columns.ts';
import { unknown, type IntervalOptions } from './estimates.ts';
import type { Estimate, PrmPart, PrmResult } from './evaluation.ts';

const BINS = 10;
const stepsMost = 1.2e9; // prefixes x draws: some ten seconds
const drawsLeast = 1000;

/** Draws for so many prefixes: those that were asked for, fewer (but 1,000) where prefixes are hundreds of thousands. */
export const prmDrawsFor = (prefixes: number, draws: number): number => Math.min(draws, Math.max(drawsLeast, Math.floor(stepsMost / Math.max(1, prefixes))));

/** The prefixes of many items. */
interface Trials { readonly item: Int32Array; readonly values: Float64Array; readonly rollouts: Float64Array; readonly right: Float64Array }

export const prefixCountOf = (items: readonly ItemColumns[]): number => items.reduce((sum, { prefixes }) => sum + prefixes.values.length, 0);

/** `items` in the order of a layout: set after set. */
export function prmOf(items: readonly ItemColumns[], options: IntervalOptions): PrmResult {
  const resample = resamplesOf(items, options);
  const partOf = (which: keyof PrmResult): PrmPart => partFrom(trialsOf(items, which), items.length, resample, options.confidence);
  return { inner: partOf('inner'), final: partOf('final'), all: partOf('all') };
}

function trialsOf(items: readonly ItemColumns[], which: keyof PrmResult): Trials {
  const spans = items.map(({ prefixes: { inner, values } }) => [which === 'final' ? inner : 0, which === 'inner' ? inner : values.length] as const);
  const count = spans.reduce((sum, [from, to]) => sum + to - from, 0);
  const trials = { item: new Int32Array(count), values: new Float64Array(count), rollouts: new Float64Array(count), right: new Float64Array(count) };
  let at = 0;
  for (const [index, [from, to]] of spans.entries()) {
    const { values, rollouts, right } = items[index]!.prefixes;
    trials.item.fill(index, at, at + to - from);
    trials.values.set(values.subarray(from, to), at);
    trials.rollouts.set(rollouts.subarray(from, to), at);
    trials.right.set(right.subarray(from, to), at);
    at += to - from;
  }
  return trials;
}

/** How often each item is drawn, for each draw. */
type Resamples = (each: (times: Uint16Array, draw: number) => void) => number;

function resamplesOf(items: readonly ItemColumns[], { draws, seed }: IntervalOptions): Resamples {
  const strata: { from: number; size: number; name: string }[] = [];
  for (const [at, { set }] of items.entries()) {
    if (strata.at(-1)?.name !== set) strata.push({ from: at, size: 0, name: set });
    strata.at(-1)!.size += 1;
  }
  return (each) => {
    const count = items.length < 2 ? 0 : draws;
    const randoms = strata.map(({ name }) => seededRandom(hashSeed(seed, 'step values', name)));
    const times = new Uint16Array(items.length);
    for (let draw = 0; draw < count; draw++) {
      times.fill(0);
      for (const [stratum, { from, size }] of strata.entries()) for (let left = size; left > 0; left--) times[from + Math.floor(randoms[stratum]!() * size)]!++;
      each(times, draw);
    }
    return count;
  };
}

function partFrom({ item, values, rollouts, right }: Trials, items: number, resample: Resamples, confidence: number): PrmPart {
  const { bins, ece } = calibration(values, right, rollouts, BINS);
  const trials = rollouts.reduce((sum, n) => sum + n, 0);
  const counts = { prefixes: values.length, rollouts: trials, bins };
  if (values.length === 0) return { ...counts, auroc: unknown('there is no step value'), brier: unknown('there is no step value'), ece: unknown('there is no step value') };
  const order = Uint32Array.from({ length: values.length }, (_, at) => at).sort((a, b) => values[a]! - values[b]!);
  const wrong = Float64Array.from(rollouts, (n, at) => n - right[at]!);
  const rights = right.reduce((sum, r) => sum + r, 0);
  const area = aurocInOrder(values, order, (at) => right[at]!, (at) => wrong[at]!);

  const errors = new Float64Array(items), weights = new Float64Array(items), gaps = new Float64Array(items * BINS);
  for (let at = 0; at < values.length; at++) {
    const [of, value] = [item[at]!, values[at]!];
    errors[of]! += right[at]! * (1 - value) ** 2 + wrong[at]! * value ** 2;
    weights[of]! += rollouts[at]!;
    gaps[of * BINS + Math.min(BINS - 1, Math.floor(value * BINS))]! += right[at]! - rollouts[at]! * value;
  }
  const areas: number[] = [], squares: number[] = [], distances: number[] = [];
  const drawn = resample((times) => {
    if (area !== null) {
      const one = aurocInOrder(values, order, (at) => times[item[at]!]! * right[at]!, (at) => times[item[at]!]! * wrong[at]!);
      if (one !== null) areas.push(one);
    }
    let weight = 0, error = 0;
    const gap = new Float64Array(BINS);
    for (let of = 0; of < items; of++) {
      const count = times[of]!;
      if (count === 0) continue;
      weight += count * weights[of]!;
      error += count * errors[of]!;
      for (let bin = 0; bin < BINS; bin++) gap[bin]! += count * gaps[of * BINS + bin]!;
    }
    if (weight > 0) { squares.push(error / weight); distances.push(gap.reduce((sum, one) => sum + Math.abs(one), 0) / weight); }
  });
  const estimate = (value: number | null, found: readonly number[]): Estimate => {
    if (value === null) return unknown(rights === 0 ? 'no rollout is right' : 'every rollout is right');
    if (drawn === 0) return { value, low: null, high: null, why: items < 2 ? 'an interval needs 2 items' : 'intervals were not asked for' };
    if (found.length < drawn / 2) return { value, low: null, high: null, why: `it is not defined in ${drawn - found.length} of ${drawn} draws` };
    const { low, high } = percentileInterval(Float64Array.from(found), confidence);
    return { value, low, high, ...(found.length < drawn ? { why: `${drawn - found.length} of ${drawn} draws, in which it is not defined, are left out` } : {}) };
  };
  return { ...counts, auroc: estimate(area, areas), brier: estimate(brier(values, right, rollouts), squares), ece: estimate(ece, distances) };
}
