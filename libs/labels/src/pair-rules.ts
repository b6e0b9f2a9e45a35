import type { TreeRecord } from '@slowthink/records';
import type { PairKind } from './label-settings.ts';
import { noise } from './look-back.ts';
import type { Prefix } from './prefixes.ts';

/** Two prefixes of which the first is preferred, and the values that say so. */
export interface Preference {
  readonly kind: PairKind;
  readonly chosen: Prefix;
  readonly rejected: Prefix;
  readonly chosenValue: number;
  readonly rejectedValue: number;
}

/** What a rule knows of a tree beside its prefixes. */
export interface Family {
  /** Children that came to be; a failed one did not. */
  readonly childrenOf: (parentId: string | null) => number;
  readonly threshold: number;
}

/** What one kind of pair says of a tree. */
export interface PairRule {
  /** Its pairs, one at a time, in no order that counts; both sides may have the same text. */
  readonly pairs: () => Iterable<Preference>;
  /** Whether one of them prefers the first text to the second. Costs the same however many there are. */
  readonly prefers: (chosen: number, rejected: number) => boolean;
}

export function familyOf(tree: TreeRecord, threshold: number): Family {
  const counts = new Map<string | null, number>();
  for (const { parentId, outcome } of tree.nodes) if (outcome === 'ok') counts.set(parentId, (counts.get(parentId) ?? 0) + 1);
  return { childrenOf: (parentId) => counts.get(parentId) ?? 0, threshold };
}

/** All rules compare with `>`; a difference that only rounding lifts above the threshold is not above it. */
const isWider = (chosen: number, rejected: number, threshold: number): boolean => chosen - rejected > threshold + noise;

/**
 * Level pairs (arXiv 2501.12051 v4, step-level preference): prefixes a, b that end at the same depth, below different parents that each have more than one child, with
 *
 *   v_a - v_b > threshold
 */
export function levelPairs(prefixes: readonly Prefix[], { childrenOf, threshold }: Family): PairRule {
  const withSiblings = prefixes.filter(({ node }) => childrenOf(node.parentId) > 1);
  const levels = [...Map.groupBy(withSiblings, ({ node }) => node.depth).values()].map((level) => widerPairs({ kind: 'level', high: level, low: level, valueOf: ({ value }) => value, threshold, areApart: (a, b) => a.node.parentId !== b.node.parentId }));
  return { *pairs() { for (const level of levels) yield* level.pairs(); }, prefers: (chosen, rejected) => levels.some((level) => level.prefers(chosen, rejected)) };
}

/**
 * Sibling pairs: of the children of one parent the best against the worst whose text is another, the first of equals, with
 *
 *   v_best - v_worst > threshold
 *
 * The figure of arXiv 2501.12051 v4 shows such pairs; its released code forbids them. Hence a kind of its own.
 */
export function siblingPairs(prefixes: readonly Prefix[], { threshold }: Family): PairRule {
  const found = [...Map.groupBy(prefixes, ({ node }) => node.parentId).values()].flatMap((children): readonly Preference[] => {
    const best = children.reduce((one, other) => (other.value > one.value ? other : one));
    const others = children.filter(({ text }) => text !== best.text);
    if (others.length === 0) return [];
    const worst = others.reduce((one, other) => (other.value < one.value ? other : one));
    return isWider(best.value, worst.value, threshold) ? [{ kind: 'siblings', chosen: best, rejected: worst, chosenValue: best.value, rejectedValue: worst.value }] : [];
  });
  const said = new Set(found.map(({ chosen, rejected }) => `${chosen.text} ${rejected.text}`));
  return { pairs: () => found, prefers: (chosen, rejected) => said.has(`${chosen} ${rejected}`) };
}

/**
 * Leaf pairs (arXiv 2501.12051 v4): a right Finish a and a wrong Finish b with
 *
 *   min_{k >= 1} v_k(a) - min_{k >= 1} v_k(b) > threshold
 *
 * The root is no part of a path. A wrong Finish has the value 0, and so its minimum: the minimum of the right chain alone decides.
 */
export function leafPairs(prefixes: readonly Prefix[], { threshold }: Family): PairRule {
  const leaves = prefixes.filter(({ finished }) => finished);
  const [high, low] = [leaves.filter(({ node }) => node.verdict!.status === 'right'), leaves.filter(({ node }) => node.verdict!.status === 'wrong')];
  return widerPairs({ kind: 'leaf', high, low, valueOf: ({ minimum }) => minimum, threshold, areApart: () => true });
}

interface Sides {
  readonly kind: PairKind;
  readonly high: readonly Prefix[];
  readonly low: readonly Prefix[];
  readonly valueOf: (prefix: Prefix) => number;
  readonly threshold: number;
  /** Looks at nothing but the parents. */
  readonly areApart: (a: Prefix, b: Prefix) => boolean;
}

/** Every pair of two sides whose values differ by more than the threshold. Sorted first, so that the cost follows the pairs that are found. */
function widerPairs({ kind, high, low, valueOf, threshold, areApart }: Sides): PairRule {
  const rising = low.toSorted((a, b) => valueOf(a) - valueOf(b));
  const [best, worst] = [firstsOf(high.toSorted((a, b) => valueOf(b) - valueOf(a))), firstsOf(rising)];
  return {
    *pairs() {
      for (const chosen of high) {
        for (const rejected of rising) {
          if (!isWider(valueOf(chosen), valueOf(rejected), threshold)) break;
          if (areApart(chosen, rejected)) yield { kind, chosen, rejected, chosenValue: valueOf(chosen), rejectedValue: valueOf(rejected) };
        }
      }
    },
    prefers: (chosen, rejected) => (best.get(chosen) ?? []).some((a) => (worst.get(rejected) ?? []).some((b) => areApart(a, b) && isWider(valueOf(a), valueOf(b), threshold))),
  };
}

/** Of each text the first prefix and the first with another parent. The widest pair of two texts is among these: where both first ones have one parent, one of them meets the other's second. */
function firstsOf(sorted: readonly Prefix[]): ReadonlyMap<number, readonly Prefix[]> {
  const firsts = new Map<number, Prefix[]>();
  for (const prefix of sorted) {
    const those = firsts.get(prefix.text);
    if (those === undefined) firsts.set(prefix.text, [prefix]);
    else if (those.length === 1 && those[0]!.node.parentId !== prefix.node.parentId) those.push(prefix);
  }
  return firsts;
}

/** The rule of each kind. */
export const pairRules: { readonly [Kind in PairKind]: (prefixes: readonly Prefix[], family: Family) => PairRule } = { level: levelPairs, siblings: siblingPairs, leaf: leafPairs };
