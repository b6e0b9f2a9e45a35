/**
 * k different numbers of 0..n-1 in ascending order, every subset equally likely; all n of them for k >= n, none for k <= 0. Takes at most n numbers of `random` (selection sampling: Knuth, The Art of Computer Programming 2, 3.4.2, algorithm S):
 *
 *   P(i is taken) = (k - taken so far) / (n - i)
 */
export function randomSubset(n: number, k: number, random: () => number): Int32Array {
  const subset = new Int32Array(Math.max(0, Math.min(n, k)));
  for (let at = 0, taken = 0; at < n; at++) if ((n - at) * random() < subset.length - taken) subset[taken++] = at;
  return subset;
}
