import type { SearchSettings, Selection } from '@slowthink/records';
import { openNodes } from './open-nodes.ts';
import type { Node } from './tree.ts';

/** UCB = v + c sqrt(ln n_parent / n_child), natural logarithm, n_parent with the node's own simulation; `unvisited` for n_child = 0 (arXiv 2501.12051, section 3.1, selection). */
export function ucb(value: number, visits: number, parentVisits: number, exploration: number, unvisited: number): number {
  return visits === 0 ? unvisited : value + exploration * Math.sqrt(Math.log(parentVisits) / visits);
}

/** A leaf and the way to it. */
export interface Selected {
  readonly leaf: number; // index of the node
  readonly path: Selection['path']; // below the root
}

/**
 * The next wave of leaves, at most `settings.wave`; empty when no leaf is open. Every further leaf is selected as if each earlier one of the wave had already brought one visit of value 0
 * to the nodes on its path (virtual loss):
 *
 *   n' = n + l,   v' = v n / (n + l)      l: leaves of this wave below or at the node
 *
 * so a wave spreads over the tree; a leaf is selected once. The tree itself is not changed, and a wave of 1 is the selection of the paper exactly.
 */
export function selectWave(nodes: readonly Node[], settings: SearchSettings): readonly Selected[] {
  const losses = nodes.map(() => 0);
  const wave: Selected[] = [];
  while (wave.length < settings.wave) {
    const selected = selectLeaf(nodes, settings, losses);
    if (selected === undefined) break;
    wave.push(selected);
    for (let at = selected.leaf; at >= 0; at = nodes[at]!.parent) losses[at]! += 1;
  }
  return wave;
}

/**
 * The leaf to expand next: from the root the best-scored open child, ties to the lowest index, until an open leaf; undefined when none is open (see `openNodes`).
 * `losses`: leaves of this wave selected below or at each node.
 */
export function selectLeaf(nodes: readonly Node[], settings: SearchSettings, losses: readonly number[] = nodes.map(() => 0)): Selected | undefined {
  const open = openNodes(nodes, settings, losses);
  if (!open[0]) return undefined;
  const path: { nodeId: string; score: number; runnerUp: number | null }[] = [];
  let at = 0;
  while (nodes[at]!.children.length > 0) {
    const parentVisits = nodes[at]!.visits + losses[at]!;
    let [best, bestScore, runnerUp] = [-1, -Infinity, -Infinity];
    for (const child of nodes[at]!.children) {
      if (!open[child]) continue;
      const score = scoreOf(nodes[child]!, losses[child]!, parentVisits, settings);
      if (score > bestScore) [best, bestScore, runnerUp] = [child, score, bestScore];
      else if (score > runnerUp) runnerUp = score;
    }
    path.push({ nodeId: nodes[best]!.id, score: bestScore, runnerUp: runnerUp === -Infinity ? null : runnerUp });
    at = best;
  }
  return { leaf: at, path };
}

function scoreOf({ value, visits }: Node, losses: number, parentVisits: number, { exploration, unvisitedScore }: SearchSettings): number {
  const n = visits + losses;
  return ucb(losses === 0 ? value! : value! * visits / n, n, parentVisits, exploration, unvisitedScore);
}
