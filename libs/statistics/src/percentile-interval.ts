/** Both ends NaN: not defined. */
export interface Interval { readonly low: number; readonly high: number }

/** Percentile interval of bootstrap draws: their (1 - confidence)/2 and (1 + confidence)/2 quantiles. NaN without draws, or where one is NaN. */
export function percentileInterval(draws: Float64Array, confidence = 0.95): Interval {
  const sorted = draws.slice().sort(); // NaN last
  return { low: quantileOfSorted(sorted, (1 - confidence) / 2), high: quantileOfSorted(sorted, (1 + confidence) / 2) };
}

/** The q quantile (0..1) of some numbers as numpy's default has it, linear between order statistics: x_(h), h = q (n - 1) counted from 0. NaN without numbers, or where one is NaN. */
export const quantile = (values: ArrayLike<number>, q: number): number => quantileOfSorted(Float64Array.from(values).sort(), q);

function quantileOfSorted(sorted: Float64Array, q: number): number {
  if (!(sorted.length > 0 && q >= 0 && q <= 1) || Number.isNaN(sorted.at(-1))) return NaN;
  const place = q * (sorted.length - 1), below = Math.floor(place);
  const low = sorted[below]!, high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low === high ? low : low + (high - low) * (place - below);
}
