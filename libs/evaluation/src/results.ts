// Rules, pass@k and pairs of rules over some sets.
import { holm, mcnemar, passAtK, passHatK, wilsonInterval } from '@slowthink/statistics';
import { outcomes, rightOf, sizeOf, type Outcome } from './columns.ts';
import type { Decided } from './decided.ts';
import { unknown, type Estimates, type Scope } from './estimates.ts';
import type { Estimate, PairResult, PassResult, RuleResult } from './evaluation.ts';
import { columnOf, type Layout } from './layout.ts';

/** `plain`: the scope is all items of its sets alike, so that counts and a Wilson interval mean something. */
export function ruleResultOf({ rule: { name, title }, right, exact, outcomes: codes }: Decided, { sets }: Layout, scope: Scope, plain: boolean, estimates: Estimates, confidence: number): RuleResult {
  const counts = { right: 0, wrong: 0, none: 0, truncated: 0 };
  for (const set of scope.sets) for (let at = sets[set]!.from; at < sets[set]!.to; at++) counts[outcomes[codes[at]!] as Outcome] += 1;
  const n = counts.right + counts.wrong + counts.none + counts.truncated;
  return {
    rule: name, title, accuracy: estimates.of(right, scope), wilson: plain ? wilsonOf(counts.right, n, confidence) : null,
    exact: exact === null ? null : estimates.of(exact, scope), counts: plain ? counts : null,
  };
}

function wilsonOf(right: number, n: number, confidence: number): Estimate {
  return n === 0 ? unknown('there is no item') : { value: right / n, ...wilsonInterval(right, n, confidence) };
}

/** pass@k and pass^k of every item for one k: NaN for an item with fewer candidates. */
export interface PassColumns { readonly k: number; readonly passAtK: Float64Array; readonly passHatK: Float64Array }

export const passColumnsOf = (layout: Layout, k: number): PassColumns => ({
  k, passAtK: columnOf(layout, (item) => passAtK(sizeOf(item), rightOf(item), k)), passHatK: columnOf(layout, (item) => passHatK(sizeOf(item), rightOf(item), k)),
});

export function passResultOf({ k, passAtK: at, passHatK: hat }: PassColumns, { items, sets }: Layout, scope: Scope, estimates: Estimates): PassResult {
  const sizes = scope.sets.map((set) => items.slice(sets[set]!.from, sets[set]!.to).reduce((least, item) => Math.min(least, sizeOf(item)), Infinity));
  const fewest = Math.min(...sizes, Infinity);
  if (fewest < k) {
    const few = unknown(`k = ${k} needs ${k} candidates of every item; one has ${fewest}`);
    return { k, passAtK: few, passHatK: few };
  }
  return { k, passAtK: estimates.of(at, scope), passHatK: estimates.of(hat, scope) };
}

/** Every pair of rules, in the order of the rules. */
export function pairsOf(decided: readonly Decided[], scope: Scope, estimates: Estimates): readonly PairResult[] {
  const pairs = decided.flatMap((a, at) => decided.slice(at + 1).map((b) => pairOf(a.rule.name, b.rule.name, a.right, b.right, scope, estimates)));
  const adjusted = holm(pairs.map(({ p }) => p));
  return pairs.map(({ a, b, difference, onlyA, onlyB, p, test }, at) => ({ a, b, difference, onlyA, onlyB, p, pHolm: adjusted[at]!, test }));
}

function pairOf(a: string, b: string, rightA: Float64Array, rightB: Float64Array, scope: Scope, estimates: Estimates): Omit<PairResult, 'pHolm'> {
  const { onlyA, onlyB } = discordantOf(rightA, rightB, 0, rightA.length);
  return { a, b, difference: estimates.difference(rightA, rightB, scope), onlyA, onlyB, ...mcnemar(onlyA, onlyB) };
}

/** Items from..to-1 that only one of the two columns has right. */
export function discordantOf(a: Float64Array, b: Float64Array, from: number, to: number): { readonly onlyA: number; readonly onlyB: number } {
  let onlyA = 0, onlyB = 0;
  for (let at = from; at < to; at++) {
    if (a[at]! > b[at]!) onlyA += 1;
    else if (b[at]! > a[at]!) onlyB += 1;
  }
  return { onlyA, onlyB };
}
