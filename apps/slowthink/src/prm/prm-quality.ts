// How well a step scorer finds wrong steps: the numbers of ProcessBench and PRMBench from values and labels.
import type { AnnotatedChain } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import { chooseThreshold, firstWrongStep, prmScore, processBenchAverage, processBenchScore, wilsonInterval, type PrmScore, type ProcessBenchScore } from '@slowthink/statistics';

export type ProcessChain = Extract<AnnotatedChain, { kind: 'process-bench' }>;
export type ChangedChain = Extract<AnnotatedChain, { kind: 'prm-bench' }>;

/** A chain and its values, one a step; null: the scorer could not value it. */
export interface Valued<Chain> { readonly chain: Chain; readonly values: readonly number[] | null }

/** Above it a step is right. calibration: it has the highest F1 on the subset, which is then no test. */
export type Threshold = { readonly value: number; readonly from: 'given' } | { readonly value: number; readonly from: 'calibration'; readonly subset: string; readonly f1: number };

export interface SubsetQuality extends ProcessBenchScore {
  readonly role: 'test' | 'calibration';
  readonly chains: number;
  readonly unscored: number; // counted as missed
  /** 95 %, Wilson. */
  readonly erroneousInterval: readonly [number, number] | null;
  readonly correctInterval: readonly [number, number] | null;
}

export interface ProcessBenchQuality {
  readonly subsets: { readonly [name: string]: SubsetQuality };
  /** Mean F1 of the test subsets, each alike; null without any, and where one has no F1. */
  readonly average: number | null;
  /** The same with the calibration subset, as the paper averages. */
  readonly averageWithCalibration: number | null;
}

export interface PrmBenchQuality { readonly total: PrmScore; readonly classes: { readonly [errorClass: string]: PrmScore }; readonly chains: number; readonly unscored: number /* in no number */ }

/**
 * The threshold that was given, else the one chosen on the calibration subset. A subset is asked for by name, and gsm8k is taken when none is and it is there, as ProcessBench does.
 * SETTING_INVALID: none can be had, by what is missing.
 */
export function thresholdOf(chains: readonly Valued<ProcessChain>[], { threshold, calibrate }: { readonly threshold?: number | undefined; readonly calibrate?: string | undefined }): Threshold {
  if (threshold !== undefined) return { value: threshold, from: 'given' };
  const names = [...new Set(chains.map(({ chain }) => chain.subset))];
  const subset = calibrate ?? 'gsm8k';
  if (!names.includes(subset)) {
    throw new FaultError('SETTING_INVALID', calibrate === undefined ? `There is no threshold: no file holds the subset gsm8k, on which it is chosen when nothing else is said${names.length === 0 ? '' : ` (there: ${names.join(', ')})`}.` : `--calibrate is "${calibrate}"; no file holds that subset${names.length === 0 ? '' : ` (there: ${names.join(', ')})`}.`, {
      hint: 'Add the file of a calibration subset, name one with --calibrate, or give --threshold 0.5. What is tested is never what the threshold is chosen on.',
    });
  }
  const chosen = chooseThreshold(chains.flatMap(({ chain, values }) => (chain.subset === subset && values !== null ? [{ label: chain.label, values }] : [])));
  if (chosen === null) throw new FaultError('SETTING_INVALID', `No threshold can be chosen on ${subset}: it needs valued chains with a wrong step and valued chains without one.`, { hint: 'Name another subset with --calibrate, or give --threshold 0.5.' });
  return { value: chosen.threshold, from: 'calibration', subset, f1: chosen.f1 };
}

/** Chains of ProcessBench, by subset in the order they came. A chain that could not be valued is missed, as a reply that cannot be read is in the original code. */
export function processBenchQuality(chains: readonly Valued<ProcessChain>[], threshold: Threshold): ProcessBenchQuality {
  const bySubset = Map.groupBy(chains, ({ chain }) => chain.subset);
  const subsets = Object.fromEntries(Array.from(bySubset, ([name, some]) => [name, qualityOf(some, threshold, threshold.from === 'calibration' && threshold.subset === name ? 'calibration' : 'test')]));
  const tests = Object.values(subsets).filter(({ role }) => role === 'test');
  return { subsets, average: processBenchAverage(tests), averageWithCalibration: processBenchAverage(Object.values(subsets)) };
}

function qualityOf(some: readonly Valued<ProcessChain>[], { value }: Threshold, role: SubsetQuality['role']): SubsetQuality {
  const items = some.map(({ chain, values }) => ({ label: chain.label, predicted: values === null ? chain.steps.length : firstWrongStep(values, value) })); // no step has the number behind the last
  const score = processBenchScore(items), found = items.filter(({ label, predicted }) => label >= 0 && label === predicted).length, kept = items.filter(({ label, predicted }) => label < 0 && predicted < 0).length;
  return { ...score, role, chains: some.length, unscored: some.filter(({ values }) => values === null).length, erroneousInterval: intervalOf(found, score.erroneousItems), correctInterval: intervalOf(kept, score.correctItems) };
}

function intervalOf(hits: number, items: number): readonly [number, number] | null {
  const { low, high } = wilsonInterval(hits, items);
  return Number.isNaN(low) ? null : [low, high];
}

/** Chains of PRMBench. One that could not be valued is left out, as the original code leaves it out, and counted. */
export function prmBenchQuality(chains: readonly Valued<ChangedChain>[], { value }: Threshold): PrmBenchQuality {
  const rightSteps = (values: readonly number[]): readonly boolean[] => values.map((one) => one > value);
  const unchanged = new Map(chains.flatMap(({ chain, values }) => (chain.errorClass === 'correct' && values !== null ? [[chain.problem, rightSteps(values)] as const] : [])));
  const items = chains.flatMap(({ chain: { errorClass, right, problem }, values }) => {
    if (values === null) return [];
    const original = errorClass === 'correct' ? undefined : unchanged.get(problem);
    return [{ errorClass, right, predicted: rightSteps(values), ...(original === undefined ? {} : { original }) }];
  });
  const { total, classes } = prmScore(items);
  return { total, classes: Object.fromEntries(classes), chains: chains.length, unscored: chains.length - items.length };
}
