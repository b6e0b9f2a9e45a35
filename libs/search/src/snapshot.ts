// An open tree as events of its own, so that a restart need not go back to its first one: what is folded as a state, what waits as it was written.
import type { SnapshotEvent, TreeNode } from '@slowthink/records';
import { nodesSoFar } from './tree-record.ts';
import type { Node, Search, Tree, WaitingEvent } from './tree.ts';

type SnapshotState = NonNullable<SnapshotEvent['state']>;

const partCharactersMax = 1_000_000; // of waiting events in one part: at most 3 MB as UTF-8, below the 8 MB of a record

/**
 * The snapshot of an open tree, in parts to be written in one transaction: folding them gives the tree, alone or with any of its events before, after or among them.
 * Part 0 holds the state, which is about as large as the tree's record will be; waiting events repeat question and steps, and are shared out so that no part gets too large.
 * Same tree, same snapshot: waiting events stand by expansion, kind, node and round. Throws for a tree without its first event, and for one that is closed.
 */
export function snapshotEvents(tree: Tree): readonly SnapshotEvent[] {
  const { opened, closed, search, questionId, treeId } = tree;
  if (opened === undefined || search === undefined || closed !== undefined) throw new Error(`Tree ${treeId} is not open: there is nothing to go on from.`);
  const { nodes, folded, active, forcedQueue, stop, selections, samples, usage } = search;
  const state: SnapshotState = {
    opened, folded, nodes: nodesSoFar(tree), active: active.map(({ number, node, children, how, forced }) => ({ number, nodeId: nodes[node]!.id, children, how, forced })),
    forcedQueue: forcedQueue.map((index) => nodes[index]!.id), ...(stop === undefined ? {} : { stop }), selections, samples, usage,
  };
  const shares = shareOut(waitingEvents(tree));
  return shares.map((events, part): SnapshotEvent => ({ type: 'snapshot', v: 1, questionId, treeId, part, parts: shares.length, ...(part === 0 ? { state } : {}), events }));
}

/** What a snapshot's state says is folded: the same value that its events fold to. */
export function searchOf({ nodes, folded, active, forcedQueue, stop, selections, samples, usage }: SnapshotState): Search {
  const indexOf = new Map(nodes.map(({ id }, index) => [id, index]));
  const children = nodes.map((): number[] => []);
  nodes.forEach(({ parentId }, index) => { if (parentId !== null) children[indexOf.get(parentId)!]!.push(index); });
  return {
    nodes: nodes.map((node, index) => nodeOf(node, node.parentId === null ? -1 : indexOf.get(node.parentId)!, children[index]!)), folded,
    active: active.map(({ number, nodeId, children: count, how, forced }) => ({ number, node: indexOf.get(nodeId)!, children: count, how, forced })),
    forcedQueue: forcedQueue.map((id) => indexOf.get(id)!), stop, selections, samples, usage,
  };
}

function nodeOf({ id, depth, expansion, action, asked, refined, forced, outcome, text, reasoning, truncated, value, visits, right, simulations, verdict, requestId }: TreeNode, parent: number, children: readonly number[]): Node {
  return {
    id, parent, children, depth, expansion, action, asked, refined, forced, outcome, text, ...(reasoning === undefined ? {} : { reasoning }), truncated, value, visits, right, simulations, ...(verdict === undefined ? {} : { verdict }), requestId,
  };
}

const byKey = <Value>(events: ReadonlyMap<string, Value>): readonly Value[] => [...events].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, event]) => event);

const waitingEvents = ({ waiting }: Tree): readonly WaitingEvent[] => [...waiting].sort(([a], [b]) => a - b)
  .flatMap(([, { chosen, nodes, simulations, rollouts }]) => [...(chosen === undefined ? [] : [chosen]), ...byKey(nodes), ...byKey(simulations), ...byKey(rollouts)]);

/** In order, one share at least. A single event above the bound is a share of its own. */
function shareOut(events: readonly WaitingEvent[]): readonly (readonly WaitingEvent[])[] {
  const shares: WaitingEvent[][] = [[]];
  let characters = 0;
  for (const event of events) {
    const { length } = JSON.stringify(event);
    if (characters > 0 && characters + length > partCharactersMax) { shares.push([]); characters = 0; }
    shares.at(-1)!.push(event);
    characters += length;
  }
  return shares;
}
