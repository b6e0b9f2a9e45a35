// The measure of ProcessBench (arXiv 2412.06559, section 4.1; its code): does a scorer find the first wrong step?

/** One chain. */
export interface ProcessBenchItem {
  readonly label: number; // index of the first wrong step from 0, as an annotator has it; -1: all are right
  readonly predicted: number; // the same, as the scorer has it
}

export interface ProcessBenchScore {
  /** Share of the chains with an error whose first wrong step is predicted exactly; null without such chains. */
  readonly erroneous: number | null;
  /** Share of the chains without one of which none is predicted; null without such chains. */
  readonly correct: number | null;
  /** Harmonic mean of both, not the F1 of precision and recall; 0 where both are 0, null where one is. */
  readonly f1: number | null;
  readonly erroneousItems: number;
  readonly correctItems: number;
}

/** The index of the first step whose value is not above the threshold, as a label is 1 where its value is above 0.5; -1: there is none. A value that is NaN is not above. */
export const firstWrongStep = (values: ArrayLike<number>, threshold: number): number => {
  for (let step = 0; step < values.length; step++) if (!(values[step]! > threshold)) return step;
  return -1;
};

/** The score of one subset; null values without the items they need. ProcessBench averages the F1 of its four subsets, each alike: `processBenchAverage`. */
export function processBenchScore(items: readonly ProcessBenchItem[]): ProcessBenchScore {
  const counts = { erroneous: 0, found: 0, correct: 0, kept: 0 };
  for (const { label, predicted } of items) {
    if (label >= 0) { counts.erroneous++; if (predicted === label) counts.found++; } else { counts.correct++; if (predicted < 0) counts.kept++; }
  }
  return scoreOf(counts.erroneous, counts.found, counts.correct, counts.kept);
}

function scoreOf(erroneousItems: number, found: number, correctItems: number, kept: number): ProcessBenchScore {
  const erroneous = erroneousItems > 0 ? found / erroneousItems : null, correct = correctItems > 0 ? kept / correctItems : null;
  const f1 = erroneous === null || correct === null ? null : erroneous + correct === 0 ? 0 : 2 * erroneous * correct / (erroneous + correct);
  return { erroneous, correct, f1, erroneousItems, correctItems };
}

/** The mean F1 of subsets, each alike whatever its size; null without subsets, or where one has none. */
export function processBenchAverage(scores: readonly ProcessBenchScore[]): number | null {
  const f1s = scores.map(({ f1 }) => f1);
  return f1s.length === 0 || f1s.includes(null) ? null : f1s.reduce<number>((sum, f1) => sum + f1!, 0) / f1s.length;
}

/** A chain of the subset on which the threshold is chosen. */
export interface CalibrationChain { readonly label: number; readonly values: ArrayLike<number> }

/**
 * The threshold with the highest F1 on a calibration subset (for ProcessBench its GSM8K part; never what is tested), and that F1: the middle of the range of thresholds that reach it, of equally good ranges the one nearest to 0.5. Null where the subset
 * lacks chains with or without an error. A chain with first wrong step k is predicted exactly for  v_k <= t < min(v_0 … v_{k-1}),  one without for  t < min v,  so F1 only changes at these values and one sort finds them all.
 */
export function chooseThreshold(chains: readonly CalibrationChain[]): { readonly threshold: number; readonly f1: number } | null {
  const changes: { readonly at: number; readonly found: number; readonly kept: number }[] = [];
  let erroneous = 0, correct = 0;
  for (const { label, values } of chains) {
    if (label < 0) correct++; else erroneous++;
    const until = least(values, label < 0 ? values.length : label), from = label < 0 ? 0 : least(values, label + 1);
    if (label < 0) changes.push({ at: 0, found: 0, kept: 1 }, { at: until, found: 0, kept: -1 });
    else if (label < values.length && from < until) changes.push({ at: from, found: 1, kept: 0 }, { at: until, found: -1, kept: 0 });
  }
  if (erroneous === 0 || correct === 0) return null;
  changes.sort((a, b) => a.at - b.at);
  let found = 0, kept = 0, best = { threshold: NaN, f1: -1 };
  for (let at = 0; at < changes.length;) {
    const start = changes[at]!.at;
    for (; at < changes.length && changes[at]!.at === start; at++) { found += changes[at]!.found; kept += changes[at]!.kept; }
    const end = Math.min(1, changes[at]?.at ?? 1);
    if (!(start < end)) continue;
    const f1 = scoreOf(erroneous, found, correct, kept).f1!, threshold = (start + end) / 2;
    if (f1 > best.f1 || (f1 === best.f1 && Math.abs(threshold - 0.5) < Math.abs(best.threshold - 0.5))) best = { threshold, f1 };
  }
  return best;
}

/** The lowest of the first `count` values; a NaN is below all; infinite without any. */
function least(values: ArrayLike<number>, count: number): number {
  let low = Infinity;
  for (let step = 0; step < count && step < values.length; step++) low = Math.min(low, Number.isNaN(values[step]!) ? -Infinity : values[step]!);
  return low;
}
