/**
 * `count` samples over prefixes, best first, in proportion to their weights: one each while they last, then each to the prefix with the largest weight a sample, w / (s + 1); of equal ones to the better (the method of D'Hondt).
 * 8 over the weights 5 2 1: 5 2 1; over 1 1 6: 1 1 6; 2 over 1 1 6: 1 1 0.
 */
export function shares(count: number, weights: readonly number[]): readonly number[] {
  const given = weights.map((_, rank) => (rank < count ? 1 : 0));
  for (let left = count - weights.length; left > 0; left--) {
    let next = 0;
    for (let rank = 1; rank < weights.length; rank++) if (weights[rank]! / (given[rank]! + 1) > weights[next]! / (given[next]! + 1)) next = rank;
    given[next]!++;
  }
  return given;
}
