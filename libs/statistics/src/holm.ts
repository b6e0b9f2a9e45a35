/**
 * p values of a family of tests corrected by Holm's step-down procedure (1979), in the order given: the chance of one false finding among all stays below the level. Null and NaN are no tests: they stay null and are not counted.
 *
 *   p'_(i) = max_{j <= i} min(1, (m - j + 1) p_(j)),   p_(1) <= … <= p_(m)
 */
export function holm(pValues: readonly (number | null)[]): readonly (number | null)[] {
  const corrected: (number | null)[] = pValues.map(() => null);
  const order = pValues.flatMap((p, at) => (p === null || Number.isNaN(p) ? [] : [{ p, at }])).sort((a, b) => a.p - b.p);
  let highest = 0;
  for (const [rank, { p, at }] of order.entries()) corrected[at] = highest = Math.max(highest, Math.min(1, (order.length - rank) * p));
  return corrected;
}
