import type { TreeNode, TreeRecord } from '@slowthink/records';
import { isFinished, nodesFromRoot, textOf } from './chains.ts';

/** The steps from Step 1 to a node that may enter a pair. */
export interface Prefix {
  readonly place: number; // of the node in the canonical order of its tree
  readonly node: TreeNode;
  readonly path: readonly TreeNode[]; // Step 1 to the node
  readonly value: number; // v of the node
  readonly minimum: number; // over the path: Step 0 excluded
  readonly finished: boolean;
  readonly text: number; // place of the first node whose path has this text: equal for equal texts
}

/** The prefixes of a tree in canonical order of their nodes. A node without a value, or below one, enters no pair, whatever `unsimulated` says of chains; nor does the root. */
export function prefixesOf(tree: TreeRecord): readonly Prefix[] {
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]));
  const texts = new Map<string, number>();
  return tree.nodes.flatMap((node, place) => {
    const path = nodesFromRoot(node, nodes).slice(1);
    const values = path.flatMap(({ value, outcome }) => (value === null || outcome === 'failed' ? [] : [value]));
    if (path.length === 0 || values.length < path.length) return [];
    const text = textOf(path);
    if (!texts.has(text)) texts.set(text, place);
    return [{ place, node, path, value: values.at(-1)!, minimum: Math.min(...values), finished: isFinished(node), text: texts.get(text)! }];
  });
}
