import type { TreeNode, TreeRecord } from '@slowthink/records';
import { isFinished, pathTo, textOf } from './chains.ts';

/** The steps from Step 1 to a node that may enter a pair. */
export interface Prefix {
  readonly place: number; // of the node in the canonical order of its tree
  readonly node: TreeNode;
  readonly path: readonly TreeNode[]; // Step 1 to the node
  readonly value: number; // v of the node
  readonly minimum: number; // over the path: Step 0 excluded
  readonly finished: boolean;
  /** Equal for equal texts. */
  readonly text: string;
}

/** The prefixes of a tree in canonical order of their nodes. A node without a value, or below one, enters no pair, whatever `unsimulated` says of chains; nor does the root. */
export function prefixesOf(tree: TreeRecord): readonly Prefix[] {
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]));
  return tree.nodes.flatMap((node, place) => {
    const path = pathTo(node, nodes).slice(1);
    const values = path.flatMap(({ value, outcome }) => (value === null || outcome === 'failed' ? [] : [value]));
    if (path.length === 0 || values.length < path.length) return [];
    return [{ place, node, path, value: values.at(-1)!, minimum: Math.min(...values), finished: isFinished(node), text: textOf(path) }];
  });
}
