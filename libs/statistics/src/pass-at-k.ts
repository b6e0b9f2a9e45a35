/**
 * P(at least one of k samples is right), unbiased from n samples of which c are right (arXiv 2107.03374, section 2.1): 1 - C(n-c, k) / C(n, k). NaN for n < k, k < 1, a c outside 0..n, or numbers that are not whole.
 */
export const passAtK = (n: number, c: number, k: number): number => 1 - chosenShare(n, n - c, k);

/** P(all k samples are right), unbiased from the same: pass^k = C(c, k) / C(n, k). NaN as `passAtK`. */
export const passHatK = (n: number, c: number, k: number): number => chosenShare(n, c, k);

/** C(m, k) / C(n, k) = prod_{i=0}^{k-1} (m - i)/(n - i), without a binomial coefficient, which would overflow for n in the thousands; 0 where m < k. */
function chosenShare(n: number, m: number, k: number): number {
  if (!(Number.isInteger(n) && Number.isInteger(m) && Number.isInteger(k) && k >= 1 && k <= n && m >= 0 && m <= n)) return NaN;
  let share = 1;
  for (let i = 0; i < k && share > 0; i++) share *= Math.max(0, m - i) / (n - i);
  return share;
}
