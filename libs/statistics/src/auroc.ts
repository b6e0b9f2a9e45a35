/**
 * Area under the ROC curve: P(a positive has the higher value than a negative), ties as half. Entry i is a value with weights[i] rollouts, of which positives[i] are positive and the others negative; without weights it is one, positive
 * (1) or not (0). Null when one class is missing, or anything is NaN. One sort, so n log n.
 *
 *   AUROC = sum_i r_i ( sum_{j: v_j < v_i} f_j + 1/2 sum_{j: v_j = v_i} f_j ) / (sum r  sum f),   r = positives, f = weights - positives
 */
export function auroc(values: ArrayLike<number>, positives: ArrayLike<number>, weights?: ArrayLike<number>): number | null {
  const order = Uint32Array.from({ length: values.length }, (_, at) => at).sort((a, b) => values[a]! - values[b]!);
  return aurocInOrder(values, order, (at) => positives[at]!, (at) => (weights?.[at] ?? 1) - positives[at]!);
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
