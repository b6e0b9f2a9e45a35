import { FaultError } from '@slowthink/faults';
import type { ExpansionEvent, RolloutEvent, SearchSettings, Usage } from '@slowthink/records';
import { backUp } from './back-up.ts';
import { requestId } from './requests.ts';
import { chainId, type Arrivals, type Expansion, type Node, type Search } from './tree.ts';

/** True when every child has come with its whole chain, every simulation asked for is back, and the choice (where one was asked) too. */
export function isComplete(treeId: string, nodes: readonly Node[], expansion: Expansion, arrivals: Arrivals): boolean {
  if (expansion.how === 'ask' && arrivals.chosen === undefined && !choiceFailed(treeId, expansion, arrivals)) return false;
  const parentId = nodes[expansion.node]!.id;
  for (let child = 0; child < expansion.children; child += 1) {
    const chain = chainOf(parentId, child, arrivals);
    if (chain === undefined || chain.some((event) => event.rollouts > 0 && !arrivals.rollouts.has(event.nodeId))) return false;
  }
  return true;
}

/** The failure of the choice request fails every child: their events carry its id, and no choice will come. */
const choiceFailed = (treeId: string, expansion: Expansion, arrivals: Arrivals): boolean =>
  [...arrivals.nodes.values()].some((event) => event.requestId === requestId(treeId, expansion.number, 'choose'));

function chainOf(parentId: string, child: number, { nodes }: Arrivals): readonly ExpansionEvent[] | undefined {
  const head = nodes.get(chainId(parentId, child, 0));
  if (head === undefined) return undefined;
  const chain = Array.from({ length: head.chainLength }, (_, place) => nodes.get(chainId(parentId, child, place)));
  return chain.every((event) => event !== undefined) ? chain : undefined;
}

/**
 * Attaches the children of a complete expansion and backs them up: by child, then from the top of a chain down, each as a leaf before its own child is attached.
 * Where a simulation failed the node keeps no value, and nothing below it in its chain gets one: a backup would have to pass through it.
 * Throws RECORD_INVALID when the events are of another expansion than the tree selects: they were written by a version that folds otherwise.
 */
export function foldExpansion(search: Search, expansion: Expansion, arrivals: Arrivals, treeId: string, settings: SearchSettings): Search {
  const nodes = search.nodes.slice();
  const parentId = nodes[expansion.node]!.id;
  const events: (ExpansionEvent | RolloutEvent)[] = [];
  let { samples } = search;
  if (expansion.how === 'ask') samples += expansion.children; // of the choice request
  for (let child = 0; child < expansion.children; child += 1) {
    let parent = expansion.node;
    for (const event of chainOf(parentId, child, arrivals)!) {
      if (event.parentId !== parentId) throw new FaultError('RECORD_INVALID', `Expansion ${expansion.number} of tree ${treeId} should expand node ${parentId}, but its record says ${event.parentId}.`);
      const rollout = arrivals.rollouts.get(event.nodeId);
      parent = attach(nodes, parent, event, rollout, settings);
      events.push(event, ...(rollout === undefined ? [] : [rollout]));
      if (event.chain === 0 && event.requestId !== requestId(treeId, expansion.number, 'choose')) samples += 1;
      samples += event.rollouts;
    }
  }
  const usage = [...(arrivals.chosen === undefined ? [] : [arrivals.chosen]), ...events].map((event) => event.usage).reduce(addUsage, search.usage);
  return { ...search, nodes, folded: expansion.number, active: search.active.slice(1), samples, usage };
}

/** Adds one node and, when it has a value and its parent has one, backs it up. Finish: v = 1 or 0 by the verdict. Reason: v = right / n of its simulation. */
function attach(nodes: Node[], parent: number, event: ExpansionEvent, rollout: RolloutEvent | undefined, settings: SearchSettings): number {
  const index = nodes.length;
  const simulated = event.rollouts > 0 && rollout !== undefined && rollout.outcome === 'ok' && rollout.n > 0 ? rollout : undefined;
  nodes.push({
    id: event.nodeId, parent, children: [], depth: event.depth, expansion: event.expansion, action: event.action, asked: event.asked, refined: false, forced: event.forced, outcome: event.outcome, text: event.text,
    truncated: event.truncated, value: null, visits: 0, right: simulated?.right ?? null, simulations: simulated?.n ?? null, ...(event.verdict === undefined ? {} : { verdict: event.verdict }),
    requestId: event.requestId,
  });
  nodes[parent] = { ...nodes[parent]!, children: [...nodes[parent]!.children, index] };
  const value = valueOf(event, simulated);
  if (value !== undefined && nodes[parent]!.value !== null) backUp(nodes, index, value, settings.backup);
  return index;
}

function valueOf(event: ExpansionEvent, simulated: RolloutEvent | undefined): number | undefined {
  if (event.outcome === 'failed') return undefined;
  if (event.action === 'finish') return event.verdict?.status === 'right' ? 1 : 0;
  return simulated === undefined ? undefined : simulated.right / simulated.n;
}

const addUsage = (a: Usage, b: Usage): Usage => ({
  requests: a.requests + b.requests, samples: a.samples + b.samples, promptTokens: a.promptTokens + b.promptTokens, completionTokens: a.completionTokens + b.completionTokens,
  ...(a.choices === undefined && b.choices === undefined ? {} : { choices: (a.choices ?? 0) + (b.choices ?? 0) }),
});
