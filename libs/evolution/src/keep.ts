/** A round and its number on dev, 0..1; null where it has none: a base without a step scorer has no vote-sum. */
export interface Measured { readonly round: number; readonly value: number | null }

/** The round with the highest number; of equal ones the earliest, which cost less. 0, the base, where no round has a number. */
export function bestRound(measured: readonly Measured[]): number {
  let best: Measured = { round: 0, value: null };
  for (const one of measured) if (one.value !== null && (best.value === null || one.value > best.value)) best = one;
  return best.round;
}

/** Whether the last `patience` rounds brought nothing better than what there was before them. null: rounds are never given up. */
export function isStalled(measured: readonly Measured[], patience: number | null): boolean {
  if (patience === null) return false;
  const last = measured.at(-1)?.round ?? 0;
  return last - bestRound(measured) >= patience;
}
