import { minimumOf, type Chain } from './chains.ts';

/**
 * The right chains of one tree that become SFT rows: the `keepTop` with the highest minimum value over steps >= 1, the earlier one of equals; all of them without a bound (arXiv 2501.12051 v2, section 3.2, policy training).
 * Each tree is counted for itself. PRM rows are not touched: a process reward model learns from all chains.
 */
export function keptForSft(chains: readonly Chain[], keepTop: number | null): ReadonlySet<Chain> {
  const right = chains.filter((chain) => chain.right);
  if (keepTop === null) return new Set(right);
  return new Set(right.map((chain) => ({ chain, minimum: minimumOf(chain) })).sort((a, b) => b.minimum - a.minimum).slice(0, keepTop).map(({ chain }) => chain)); // sort is stable: canonical order among equals
}
