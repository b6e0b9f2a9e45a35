import jstat from 'jstat';

/**
 * P(X >= x), X chi-square with one degree of freedom; 1 for x <= 0, NaN for NaN. jstat's distribution function is right to 1e-11 absolutely, but 1 - it is 0 from x = 69 on and has lost half its digits by x = 25.
 * So from 4 on the tail is a continued fraction (Abramowitz and Stegun 7.1.14), right to 1e-13 of itself:
 *
 *   P(X >= x) = erfc(z), z^2 = x/2;   erfc(z) = exp(-z^2) / sqrt(pi) * 1/(z + (1/2)/(z + 1/(z + (3/2)/(z + …))))
 */
export function chiSquareTail(x: number): number {
  if (x <= 0) return 1;
  if (!(x >= 4)) return 1 - jstat.chisquare.cdf(x, 1); // also NaN
  const z = Math.sqrt(x / 2);
  let fraction = z;
  for (let term = 200; term > 0; term--) fraction = z + term / 2 / fraction;
  return Math.exp(-z * z) / Math.sqrt(Math.PI) / fraction;
}
