import { FaultError } from '@slowthink/faults';
import type { SnapshotEvent } from '@slowthink/records';
import { advance, begin } from './advance.ts';
import { searchOf } from './snapshot.ts';
import { roundKey, type Arrivals, type Tree, type TreeEvent, type WaitingEvent } from './tree.ts';

const nothing: Arrivals = { nodes: new Map(), simulations: new Map(), rollouts: new Map() };

/**
 * Folds one event into its tree. Any order of a tree's events gives the same tree: an event before its cause (also before `opened`) waits inside; an event that
 * is there already changes nothing and gives back the very same value. Backup runs by expansion, child, chain, never by arrival. A snapshot stands for the events
 * it was made from, wherever it comes: before them, after them, among them.
 * Cost: the events of one expansion; when one completes, the nodes of the tree. Throws RECORD_INVALID for an event of another tree.
 */
export function apply(tree: Tree | undefined, event: TreeEvent): Tree {
  const before: Tree = tree ?? { treeId: event.treeId, questionId: event.questionId, opened: undefined, closed: undefined, waiting: new Map(), search: undefined };
  if (event.treeId !== before.treeId) throw new FaultError('RECORD_INVALID', `An event of tree ${event.treeId} came to tree ${before.treeId}.`);
  switch (event.type) {
    case 'opened': return before.opened === undefined ? advance({ ...before, opened: event, search: begin(event) }) : before;
    case 'snapshot': return resume(before, event);
    case 'closed': return before.closed === undefined ? { ...before, closed: event } : before;
    case 'chosen': case 'expansion': case 'simulation': case 'rollout': return advance(arrive(before, event));
  }
}

/** Takes the event in without folding: nothing when its expansion is folded or the event is there. */
function arrive(tree: Tree, event: WaitingEvent): Tree {
  if (tree.search !== undefined && event.expansion <= tree.search.folded) return tree;
  const before = tree.waiting.get(event.expansion) ?? nothing;
  const after = add(before, event);
  return after === before ? tree : { ...tree, waiting: new Map(tree.waiting).set(event.expansion, after) };
}

/** Goes on from the folded state of a snapshot where that is further than the tree's own; what waits in either waits on. */
function resume(tree: Tree, { state, events }: SnapshotEvent): Tree {
  const further = state !== undefined && (tree.search === undefined || state.folded > tree.search.folded);
  const from: Tree = !further ? tree : { ...tree, opened: tree.opened ?? state.opened, search: searchOf(state), waiting: new Map([...tree.waiting].filter(([expansion]) => expansion > state.folded)) };
  return advance(events.reduce(arrive, from));
}

function add(arrivals: Arrivals, event: WaitingEvent): Arrivals {
  switch (event.type) {
    case 'chosen': return arrivals.chosen === undefined ? { ...arrivals, chosen: event } : arrivals;
    case 'expansion': return arrivals.nodes.has(event.nodeId) ? arrivals : { ...arrivals, nodes: new Map(arrivals.nodes).set(event.nodeId, event) };
    case 'simulation': return arrivals.simulations.has(roundKey(event.nodeId, event.round)) ? arrivals : { ...arrivals, simulations: new Map(arrivals.simulations).set(roundKey(event.nodeId, event.round), event) };
    case 'rollout': return arrivals.rollouts.has(roundKey(event.nodeId, event.round)) ? arrivals : { ...arrivals, rollouts: new Map(arrivals.rollouts).set(roundKey(event.nodeId, event.round), event) };
  }
}
