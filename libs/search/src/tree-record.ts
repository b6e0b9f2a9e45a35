import type { TreeNode, TreeRecord } from '@slowthink/records';
import type { Node, Tree } from './tree.ts';

/** The product of a closed tree. Throws when events of it are still missing: a tree is recorded after its `closed` event, whole or not at all. */
export function treeRecord(tree: Tree): TreeRecord {
  const { opened, closed, search } = tree;
  if (opened === undefined || closed === undefined || search === undefined || search.active.length > 0) throw new Error(`Tree ${tree.treeId} is not closed, or events of it are missing.`);
  const { type: _type, ...frame } = opened;
  return { ...frame, type: 'tree', status: closed.status, stop: closed.stop, nodes: search.nodes.map((node) => treeNode(node, search.nodes)), selections: search.selections, usage: search.usage };
}

function treeNode(node: Node, nodes: readonly Node[]): TreeNode {
  const { id, parent, depth, expansion, action, asked, refined, forced, outcome, text, reasoning, truncated, value, visits, right, simulations, verdict, requestId } = node;
  return {
    id, parentId: nodes[parent]?.id ?? null, depth, expansion, action, asked, refined, forced, outcome, text, ...(reasoning === undefined ? {} : { reasoning }), truncated, value, visits, right, simulations, ...(verdict === undefined ? {} : { verdict }), requestId,
  };
}

/** The nodes that are folded so far, as a record shows them: for looking at a tree that is still open. */
export const nodesSoFar = ({ search }: Tree): readonly TreeNode[] => search?.nodes.map((node) => treeNode(node, search.nodes)) ?? [];
