/**
 * Area under the ROC curve: P(a positive has the higher value than a negative), ties as half. Entry i is a value with weights[i] rollouts, of which positives[i] are positive and the others negative; without weights it is one, positive
 * (1) or not (0). Null when one class is missing, or a value is NaN. One sort, so n log n.
 *
 *   AUROC = sum_i r_i ( sum_{j: v_j < v_i} f_j + 1/2 sum_{j: v_j = v_i} f_j ) / (sum r  sum f),   r = positives, f = weights - positives
 */
export function auroc(values: ArrayLike<number>, positives: ArrayLike<number>, weights?: ArrayLike<number>): number | null {
  const order = ascending(values);
  const area = areaInOrder(Float64Array.from(order, (at) => values[at]!), Float64Array.from(order, (at) => positives[at]!), Float64Array.from(order, (at) => (weights?.[at] ?? 1) - positives[at]!));
  return Number.isFinite(area) ? area : null;
}

/** The entries by ascending value. */
export const ascending = (values: ArrayLike<number>): Uint32Array => Uint32Array.from({ length: values.length }, (_, at) => at).sort((a, b) => values[a]! - values[b]!);

/** The same of entries that stand in ascending order, with the positives and negatives of each; NaN for null. */
export function areaInOrder(values: Float64Array, positives: Float64Array, negatives: Float64Array): number {
  let area = 0, allPositives = 0, below = 0; // below: negatives of lower value
  for (let at = 0; at < values.length;) {
    const value = values[at]!;
    if (Number.isNaN(value)) return NaN;
    let tiedPositives = 0, tiedNegatives = 0;
    for (; at < values.length && values[at] === value; at++) {
      tiedPositives += positives[at]!;
      tiedNegatives += negatives[at]!;
    }
    area += tiedPositives * (below + tiedNegatives / 2);
    allPositives += tiedPositives;
    below += tiedNegatives;
  }
  return area / (allPositives * below); // 0 / 0 where a class is missing
}

/** The same for entries that are sorted already: `order` lists them by ascending value. */
export function aurocInOrder(values: ArrayLike<number>, order: ArrayLike<number>, positive: (entry: number) => number, negative: (entry: number) => number): number | null {
  let area = 0, positives = 0, below = 0; // below: negatives of lower value
  for (let at = 0; at < order.length;) {
    const value = values[order[at]!]!;
    if (Number.isNaN(value)) return null;
    let tiedPositives = 0, tiedNegatives = 0;
    for (; at < order.length && values[order[at]!] === value; at++) {
      tiedPositives += positive(order[at]!);
      tiedNegatives += negative(order[at]!);
    }
    area += tiedPositives * (below + tiedNegatives / 2);
    positives += tiedPositives;
    below += tiedNegatives;
  }
  const share = area / (positives * below);
  return Number.isFinite(share) ? share : null;
}
