import jstat from 'jstat';
import type { Interval } from './percentile-interval.ts';

/**
 * Wilson's score interval of a share right / n (Wilson 1927), without continuity correction; within 0..1. NaN for n = 0, or a right that is not in 0..n. With z the (1 + confidence)/2 quantile of the normal distribution:
 *
 *   ( p + z^2/2n -+ z sqrt( p (1 - p)/n + z^2/4n^2 ) ) / (1 + z^2/n),   p = right / n
 *
 * jstat's quantile is right to 1e-11 for any confidence up to 0.999999.
 */
export function wilsonInterval(right: number, n: number, confidence = 0.95): Interval {
  if (!(n > 0 && right >= 0 && right <= n)) return { low: NaN, high: NaN };
  const z = jstat.normal.inv((1 + confidence) / 2, 0, 1), share = right / n, shrink = 1 + z * z / n;
  const centre = (share + z * z / (2 * n)) / shrink, half = z / shrink * Math.sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  return { low: right === 0 ? 0 : centre - half, high: right === n ? 1 : centre + half }; // exactly 0 and 1, which the rounding of the formula misses
}
