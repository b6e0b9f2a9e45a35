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
export function levelPairs(prefixes: readonly Prefix[], family: Family): readonly Preference[] {
  const withSiblings = prefixes.filter(({ node }) => family.childrenOf(node.parentId) > 1);
  return [...Map.groupBy(withSiblings, ({ node }) => node.depth).values()].flatMap((level) => (
    widerPairs(level, level, 'level', ({ value }) => value, family.threshold).filter(({ chosen, rejected }) => chosen.node.parentId !== rejected.node.parentId)));
}

/**
 * Sibling pairs: the best against the worst child of one parent, the first of equals, with
 *
 *   max_ch v_ch - min_ch v_ch > threshold
 *
 * The figure of arXiv 2501.12051 v4 shows such pairs; its released code forbids them. Hence a kind of its own.
 */
export function siblingPairs(prefixes: readonly Prefix[], { threshold }: Family): readonly Preference[] {
  return [...Map.groupBy(prefixes, ({ node }) => node.parentId).values()].flatMap((children) => {
    const best = children.reduce((one, other) => (other.value > one.value ? other : one));
    const worst = children.reduce((one, other) => (other.value < one.value ? other : one));
    return isWider(best.value, worst.value, threshold) ? [{ kind: 'siblings', chosen: best, rejected: worst, chosenValue: best.value, rejectedValue: worst.value } as const] : [];
  });
}

/**
 * Leaf pairs (arXiv 2501.12051 v4): a right Finish a and a wrong Finish b with
 *
 *   min_{k >= 1} v_k(a) - min_{k >= 1} v_k(b) > threshold
 *
 * The root is no part of a path. A wrong Finish has the value 0, and so its minimum: the minimum of the right chain alone decides.
 */
export function leafPairs(prefixes: readonly Prefix[], { threshold }: Family): readonly Preference[] {
  const leaves = prefixes.filter(({ finished }) => finished);
  const [right, wrong] = [leaves.filter(({ node }) => node.verdict!.status === 'right'), leaves.filter(({ node }) => node.verdict!.status === 'wrong')];
  return widerPairs(right, wrong, 'leaf', ({ minimum }) => minimum, threshold);
}

/** Every pair whose values differ by more than the threshold. Sorted first, so that the cost follows the pairs that are found. */
function widerPairs(chosen: readonly Prefix[], rejected: readonly Prefix[], kind: PairKind, valueOf: (prefix: Prefix) => number, threshold: number): readonly Preference[] {
  const low = [...rejected].sort((a, b) => valueOf(a) - valueOf(b));
  return chosen.flatMap((high) => {
    const end = low.findIndex((other) => !isWider(valueOf(high), valueOf(other), threshold));
    return low.slice(0, end < 0 ? low.length : end).map((other) => ({ kind, chosen: high, rejected: other, chosenValue: valueOf(high), rejectedValue: valueOf(other) }));
  });
}

/** The rule of each kind. */
export const pairRules: { readonly [Kind in PairKind]: (prefixes: readonly Prefix[], family: Family) => readonly Preference[] } = { level: levelPairs, siblings: siblingPairs, leaf: leafPairs };
