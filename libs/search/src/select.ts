import type { SearchSettings } from '@slowthink/records';
import type { Node } from './tree.ts';

/** UCB = v + c sqrt(ln n_parent / n_child), natural logarithm, n_parent with the node's own simulation; `unvisited` for n_child = 0 (arXiv 2501.12051, section 3.1, selection). */
export function ucb(value: number, visits: number, parentVisits: number, exploration: number, unvisited: number): number {
  return visits === 0 ? unvisited : value + exploration * Math.sqrt(Math.log(parentVisits) / visits);
}

/**
 * The leaf to expand next: from the root the best-scored open child, ties to the lowest index, until a node without children; undefined when none is open.
 * Closed are: a Finish (right or wrong: there is no Reflect in this recipe), a node without a value, a leaf at `depthMax`, and a node whose children are all closed.
 * A node that was expanded in vain (every child failed) is closed by the last rule; the search goes on elsewhere.
 */
export function selectLeaf(nodes: readonly Node[], settings: SearchSettings): number | undefined {
  const open = openNodes(nodes, settings.depthMax);
  if (!open[0]) return undefined;
  let at = 0;
  while (nodes[at]!.children.length > 0) {
    let best = -1;
    let bestScore = -Infinity;
    for (const child of nodes[at]!.children) {
      if (!open[child]) continue;
      const score = ucb(nodes[child]!.value!, nodes[child]!.visits, nodes[at]!.visits, settings.exploration, settings.unvisitedScore);
      if (score > bestScore) { best = child; bestScore = score; }
    }
    at = best;
  }
  return at;
}

/** Whether each node may lie on a path of selection. Children stand after their parents, so one backward pass is enough. */
function openNodes(nodes: readonly Node[], depthMax: number | null): readonly boolean[] {
  const open = nodes.map((node) => node.children.length === 0 && node.action !== 'finish' && node.value !== null && (depthMax === null || node.depth < depthMax));
  for (let at = nodes.length - 1; at > 0; at -= 1) {
    const { parent } = nodes[at]!;
    if (open[at]) open[parent] = true;
  }
  return open;
}
