import { chiSquareTail } from './chi-square-tail.ts';

export interface McNemar {
  /** Two-sided; null: nothing to test. */
  readonly p: number | null;
  readonly test: 'exact' | 'chi-square' | 'none';
}

/** From this many discordant items on, chi-square stands for the exact test. */
export const discordantForChiSquare = 25;

/**
 * McNemar's test (1947) of two rules on the same items: b items that only A gets right, c that only B does. Without such an item, or with numbers that are no counts, there is nothing to test: p null.
 *
 *   b + c < 25:  p = min(1, 2 P(X <= min(b, c))),  X binomial of b + c throws of 1/2
 *   else:        chi^2 = (|b - c| - 1)^2 / (b + c),  one degree of freedom; p = 1 for b = c, whose |b - c| - 1 is below 0 (as R has it; statsmodels squares it)
 */
export function mcnemar(onlyA: number, onlyB: number): McNemar {
  const n = onlyA + onlyB;
  if (!(Number.isInteger(onlyA) && Number.isInteger(onlyB) && onlyA >= 0 && onlyB >= 0 && n > 0)) return { p: null, test: 'none' };
  if (n >= discordantForChiSquare) return { p: chiSquareTail(Math.max(0, Math.abs(onlyA - onlyB) - 1) ** 2 / n), test: 'chi-square' };
  let tail = 0;
  for (let k = 0, ways = 1; k <= Math.min(onlyA, onlyB); ways = ways * (n - k) / ++k) tail += ways; // integers below 2^25: exact
  return { p: Math.min(1, 2 * tail / 2 ** n), test: 'exact' };
}
