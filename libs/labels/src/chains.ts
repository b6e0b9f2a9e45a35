import { STEP_SEPARATOR } from '@slowthink/prompts';
import type { TreeNode, TreeRecord } from '@slowthink/records';
import type { LabelSettings } from './label-settings.ts';

/** A step of a chain with the value it has in a row. */
export interface ChainStep {
  readonly node: TreeNode;
  readonly value: number; // v_k, 0..1
  /** Its own simulation gave no value: this one is its nearest valued ancestor's. */
  readonly inherited: boolean;
}

/** Step 1 to a Finish; Step 0 is no step of the policy. */
export interface Chain {
  readonly leaf: TreeNode;
  readonly right: boolean;
  readonly steps: readonly ChainStep[];
}

/**
 * The chains of a tree in canonical order of their leaves (expansion, child, chain), right and wrong ones (arXiv 2501.12051 v2, section 3.2). Only a Finish with an answer ends a chain: neither a leaf without one, nor a
 * failed child, nor a Finish that was refined, which is a step on the way to others.
 *
 * A step without a value (its simulation failed, or one above it) is unsimulated. leave-out: its chain is no chain. inherit: it takes the value of its nearest valued ancestor, the root included, and is counted; a Finish
 * has its value by the rule, 1 or 0, and inherits nothing. Of chains with equal text the first stays, of those the first with the fewest inherited values.
 */
export function finishedChains(tree: TreeRecord, unsimulated: LabelSettings['unsimulated']): readonly Chain[] {
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]));
  const chains = tree.nodes.filter(isFinished).flatMap((leaf) => {
    const steps = valued(nodesFromRoot(leaf, nodes), unsimulated);
    return steps === undefined ? [] : [{ leaf, right: leaf.verdict!.status === 'right', steps }];
  });
  const best = new Map<string, Chain>();
  for (const chain of chains) {
    const text = textOf(chain.steps.map(({ node }) => node));
    const other = best.get(text);
    if (other === undefined || inheritedIn(chain) < inheritedIn(other)) best.set(text, chain);
  }
  const kept = new Set(best.values());
  return chains.filter((chain) => kept.has(chain));
}

/** How many values of a chain are inherited. */
export const inheritedIn = ({ steps }: Chain): number => steps.filter(({ inherited }) => inherited).length;

/** The minimum over the steps from Step 1 on: a chain is as good as its worst step (arXiv 2501.12051 v2, section 3.2). */
export const minimumOf = ({ steps }: Pick<Chain, 'steps'>): number => Math.min(...steps.map(({ value }) => value));

/** A Finish that states an answer. */
export const isFinished = ({ action, outcome, verdict }: TreeNode): boolean => action === 'finish' && outcome === 'ok' && (verdict?.status === 'right' || verdict?.status === 'wrong');

/** Root first. */
export function nodesFromRoot(leaf: TreeNode, nodes: ReadonlyMap<string, TreeNode>): readonly TreeNode[] {
  const path: TreeNode[] = [];
  for (let node: TreeNode | undefined = leaf; node !== undefined; node = node.parentId === null ? undefined : nodes.get(node.parentId)) path.push(node);
  return path.reverse();
}

/** The text by which chains and prefixes are equal. */
export const textOf = (nodes: readonly TreeNode[]): string => nodes.map(({ text }) => text).join(STEP_SEPARATOR);

function valued(path: readonly TreeNode[], unsimulated: LabelSettings['unsimulated']): readonly ChainStep[] | undefined {
  const steps: ChainStep[] = [];
  let above = path[0]!.value;
  for (const node of path.slice(1)) {
    const byRule = isFinished(node) ? Number(node.verdict!.status === 'right') : null;
    const value: number | null = node.value ?? (unsimulated === 'inherit' ? byRule ?? above : null);
    if (value === null) return undefined;
    steps.push({ node, value, inherited: node.value === null && byRule === null });
    above = value;
  }
  return steps;
}
