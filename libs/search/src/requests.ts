import { hashSeed, type ChosenEvent } from '@slowthink/records';
import { stepsTo, type Arrivals, type Expansion, type Node, type Tree } from './tree.ts';

/** One request to the policy. Sample j fills child `children[j]`; sample j is drawn with `seed + j`. */
export interface SearchRequest {
  readonly kind: 'choose' | 'reason' | 'finish' | 'reflect';
  readonly id: string; // stable: treeId/expansion/kind
  readonly treeId: string;
  readonly questionId: string;
  readonly expansion: number; // 1..
  readonly parentId: string; // the node that is expanded
  readonly children: readonly number[]; // child indices, ascending
  readonly n: number; // children.length
  readonly seed: number; // hash of the tree's seed and the id
  readonly steps: readonly string[]; // texts of Step 0 to the parent
  readonly depth: number; // of the new nodes: the k of "Step k:"
  readonly forced: boolean;
}

/** Stable id of what a request is for: the same after a restart. */
export const requestId = (treeId: string, expansion: number, kind: SearchRequest['kind']): string => `${treeId}/${expansion}/${kind}`;

/**
 * Requests of one expansion that have no answer yet. A request counts as answered with the first event it caused (its events are written in one transaction),
 * so an order of arrival that shows a child before the choice never asks for the choice again.
 */
export function missingRequests(tree: Tree, nodes: readonly Node[], expansion: Expansion): readonly SearchRequest[] {
  const arrivals = tree.waiting.get(expansion.number);
  const parent = nodes[expansion.node]!;
  const request = (kind: SearchRequest['kind'], children: readonly number[]): SearchRequest => {
    const id = requestId(tree.treeId, expansion.number, kind);
    return {
      kind, id, treeId: tree.treeId, questionId: tree.questionId, expansion: expansion.number, parentId: parent.id, children, n: children.length,
      seed: hashSeed(tree.opened!.seed, id), steps: stepsTo(nodes, expansion.node), depth: parent.depth + 1, forced: expansion.forced,
    };
  };
  const all = Array.from({ length: expansion.children }, (_, child) => child);
  if (expansion.how !== 'ask') return arrivals === undefined ? [request(expansion.how, all)] : [];
  if (arrivals === undefined) return [request('choose', all)];
  if (arrivals.chosen === undefined) return [];
  const answered = childrenSeen(arrivals, parent.depth + 1);
  return (['reason', 'finish'] as const)
    .map((action) => [action, all.filter((child) => actionOf(arrivals.chosen!, child) === action)] as const)
    .filter(([, children]) => children.length > 0 && !children.some((child) => answered.has(child)))
    .map(([action, children]) => request(action, children));
}

const actionOf = ({ actions }: ChosenEvent, child: number): 'reason' | 'finish' => actions[child] ?? 'reason';

/** Children of which any event has come: a simulation or a rollout counts too, its node must exist. Place `depth` of a node's path is the child index. */
function childrenSeen({ nodes, simulations, rollouts }: Arrivals, depth: number): ReadonlySet<number> {
  return new Set([...nodes.values(), ...simulations.values(), ...rollouts.values()].map(({ nodeId }) => Number(nodeId.split('.')[depth])));
}
