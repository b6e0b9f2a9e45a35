// Accuracy of a rule with fewer candidates than there are: the mean over subsets, not the first n, which are no fair draw where candidates stand in some order.
//
//   acc_i(n) = mean over subsets S of n candidates of item i of [ the rule's choice in S is right ]
//
// All subsets where there are no more of them than `subsets`, else so many seeded random ones, the same for every rule and for all items with so many candidates.
import { chooseIn, type DecodingRule } from '@slowthink/decoding';
import { hashSeed } from '@slowthink/records';
import { randomSubset, seededRandom } from '@slowthink/statistics';
import { RIGHT, sizeOf } from './columns.ts';
import { columnOf, type Layout } from './layout.ts';

export interface SubsetOptions { readonly subsets: number; readonly seed: number }

/** Subsets of n of the numbers 0..size-1, each ascending. */
export function subsetsOf(size: number, n: number, { subsets, seed }: SubsetOptions): readonly Int32Array[] {
  if (waysAtMost(size, n, subsets)) return allSubsets(size, n);
  const random = seededRandom(hashSeed(seed, 'subsets', size, n));
  return Array.from({ length: subsets }, () => randomSubset(size, n, random));
}

/** Whether C(size, n) <= most. */
function waysAtMost(size: number, n: number, most: number): boolean {
  let ways = 1;
  for (let k = 0; k < Math.min(n, size - n); k++) {
    ways = ways * (size - k) / (k + 1);
    if (ways > most) return false;
  }
  return true;
}

function allSubsets(size: number, n: number): readonly Int32Array[] {
  const found: Int32Array[] = [];
  const taken: number[] = [];
  const go = (from: number): void => {
    if (taken.length === n) { found.push(Int32Array.from(taken)); return; }
    for (let next = from; next <= size - (n - taken.length); next++) { taken.push(next); go(next + 1); taken.pop(); }
  };
  go(0);
  return found;
}

/** Share of subsets of n candidates in which the rule's choice is right, one an item; items have at least n candidates. */
export function accuracyWith(layout: Layout, rule: DecodingRule, n: number, options: SubsetOptions): Float64Array {
  const ofSize = new Map<number, readonly Int32Array[]>();
  return columnOf(layout, (item) => {
    const size = sizeOf(item);
    let subsets = ofSize.get(size);
    if (subsets === undefined) ofSize.set(size, subsets = subsetsOf(size, n, options));
    let right = 0;
    for (const members of subsets) {
      const chosen = chooseIn(rule, item.pool, members);
      if (chosen >= 0 && item.outcomes[chosen] === RIGHT) right++;
    }
    return right / subsets.length;
  });
}

/** 1, 2, 4, … below N, and N. */
export function powersTo(most: number): readonly number[] {
  const found: number[] = [];
  for (let n = 1; n < most; n *= 2) found.push(n);
  return [...found, most];
}
