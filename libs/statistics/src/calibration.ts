/** Values of one bin against what came of them. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number; // exclusive; the last bin includes 1
  readonly n: number; // rollouts
  readonly value: number | null; // mean, weighted by rollouts; null without any
  readonly right: number | null; // share of the rollouts
}

export interface Calibration { readonly bins: readonly CalibrationBin[]; readonly ece: number | null }

/**
 * Brier score of values as probabilities: entry i is a value with n[i] rollouts, of which right[i] are right; weighted by rollouts. 0 (best)..1; null without rollouts, or where anything is NaN.
 *
 *   Brier = sum_i ( r_i (1 - v_i)^2 + (n_i - r_i) v_i^2 ) / sum_i n_i
 */
export function brier(values: ArrayLike<number>, right: ArrayLike<number>, n: ArrayLike<number>): number | null {
  let sum = 0, rollouts = 0;
  for (let at = 0; at < values.length; at++) {
    sum += right[at]! * (1 - values[at]!) ** 2 + (n[at]! - right[at]!) * values[at]! ** 2;
    rollouts += n[at]!;
  }
  return rollouts > 0 && !Number.isNaN(sum) ? sum / rollouts : null;
}

/** Index of the bin of a value of 0..1. */
export const binOf = (value: number, bins: number): number => Math.min(bins - 1, Math.floor(value * bins));

/**
 * Values in bins of equal width over 0..1, each with mean value and share of right rollouts, and the expected calibration error (arXiv 1706.04599, equation 3), all weighted by rollouts. A value on the edge of two bins counts in the upper one, 1 in the
 * last. The error is null without rollouts, or where anything is NaN or outside 0..1.
 *
 *   ECE = sum_b n_b / n | right_b - value_b |
 */
export function calibration(values: ArrayLike<number>, right: ArrayLike<number>, n: ArrayLike<number>, bins = 10): Calibration {
  const counts = new Float64Array(bins), sums = new Float64Array(bins), rights = new Float64Array(bins);
  let undefinedEntries = false;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (!(value >= 0 && value <= 1 && right[at]! >= 0 && n[at]! >= right[at]!)) { undefinedEntries = true; continue; }
    const bin = binOf(value, bins);
    counts[bin]! += n[at]!;
    sums[bin]! += n[at]! * value;
    rights[bin]! += right[at]!;
  }
  const rollouts = counts.reduce((sum, count) => sum + count, 0);
  const error = sums.reduce((sum, value, bin) => sum + Math.abs(rights[bin]! - value), 0) / rollouts;
  const shareOf = (part: number, count: number): number | null => (count > 0 ? part / count : null);
  return {
    bins: Array.from(counts, (count, bin) => ({ low: bin / bins, high: (bin + 1) / bins, n: count, value: shareOf(sums[bin]!, count), right: shareOf(rights[bin]!, count) })),
    ece: undefinedEntries || Number.isNaN(error) ? null : error,
  };
}
