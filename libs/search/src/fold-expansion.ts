import { FaultError } from '@slowthink/faults';
import type { ExpansionEvent, RolloutEvent, SearchSettings, Usage } from '@slowthink/records';
import { chainsOf } from './arrived-chains.ts';
import { backUp } from './back-up.ts';
import { requestId } from './requests.ts';
import { secondRound, type Simulated } from './simulation-rounds.ts';
import { roundKey, type Arrivals, type Expansion, type Node, type Search } from './tree.ts';

/** True when every child has come with its whole chain, every completion asked for is back, those of a second round too, and the choice (where one was asked). */
export function isComplete(treeId: string, nodes: readonly Node[], expansion: Expansion, arrivals: Arrivals, settings: SearchSettings): boolean {
  if (expansion.how === 'ask' && arrivals.chosen === undefined && !choiceFailed(treeId, expansion, arrivals)) return false;
  const chains = chainsOf(nodes[expansion.node]!.id, expansion.children, arrivals);
  if (chains === undefined || chains.flat().some((event) => event.rollouts > 0 && !arrivals.rollouts.has(roundKey(event.nodeId, 1)))) return false;
  return secondRound(nodes, expansion, arrivals, settings).every(({ event }) => arrivals.rollouts.has(roundKey(event.nodeId, 2)));
}

/** The failure of the choice request fails every child: their events carry its id, and no choice will come. */
const choiceFailed = (treeId: string, expansion: Expansion, arrivals: Arrivals): boolean =>
  [...arrivals.nodes.values()].some((event) => event.requestId === requestId(treeId, expansion.number, 'choose'));

/**
 * Attaches the children of a complete expansion and backs them up: by child, then from the top of a chain down, each as a leaf before its own child is attached.
 * Where a simulation failed the node keeps no value, and nothing below it in its chain gets one: a backup would have to pass through it.
 * A Finish that gets its Reflect child becomes a Reason node; one whose Reflect failed stays the Finish it was.
 * Throws RECORD_INVALID when the events are of another expansion than the tree selects: they were written by a version that folds otherwise.
 */
export function foldExpansion(search: Search, expansion: Expansion, arrivals: Arrivals, treeId: string, settings: SearchSettings): Search {
  const nodes = search.nodes.slice();
  const parentId = nodes[expansion.node]!.id;
  const chains = chainsOf(parentId, expansion.children, arrivals)!;
  const rolloutsOf = ({ nodeId }: ExpansionEvent): readonly RolloutEvent[] => [1, 2].map((round) => arrivals.rollouts.get(roundKey(nodeId, round))).filter((rollout) => rollout !== undefined);
  let samples = search.samples + (expansion.how === 'ask' ? expansion.children : 0); // of the choice request
  for (const { count } of secondRound(nodes, expansion, arrivals, settings)) samples += count;
  for (const chain of chains) {
    let parent = expansion.node;
    for (const event of chain) {
      if (event.parentId !== parentId) throw new FaultError('RECORD_INVALID', `Expansion ${expansion.number} of tree ${treeId} should expand node ${parentId}, but its record says ${event.parentId}.`);
      parent = attach(nodes, parent, event, simulatedBy(event, rolloutsOf(event)), settings);
      if (event.chain === 0 && event.requestId !== requestId(treeId, expansion.number, 'choose')) samples += 1;
      samples += event.rollouts;
    }
  }
  const spent = [...(arrivals.chosen === undefined ? [] : [arrivals.chosen]), ...chains.flat().flatMap((event) => [event, ...rolloutsOf(event)])];
  return { ...search, nodes, folded: expansion.number, active: search.active.slice(1), samples, usage: spent.map((event) => event.usage).reduce(addUsage, search.usage) };
}

/** Right and n over the rounds that came back; undefined where none did. */
function simulatedBy(event: ExpansionEvent, rollouts: readonly RolloutEvent[]): Simulated | undefined {
  if (event.rollouts === 0) return undefined;
  const sum = rollouts.filter(({ outcome }) => outcome === 'ok').reduce((all, { right, n }) => ({ right: all.right + right, n: all.n + n }), { right: 0, n: 0 });
  return sum.n === 0 ? undefined : sum;
}

/** Adds one node and, when it has a value and its parent has one, backs it up. Finish: v = 1 or 0 by the verdict. Reason, Reflect: v = right / n of its simulation. */
function attach(nodes: Node[], parent: number, event: ExpansionEvent, simulated: Simulated | undefined, settings: SearchSettings): number {
  const index = nodes.length;
  nodes.push({
    id: event.nodeId, parent, children: [], depth: event.depth, expansion: event.expansion, action: event.action, asked: event.asked, refined: false, forced: event.forced, outcome: event.outcome, text: event.text,
    ...(event.reasoning === undefined ? {} : { reasoning: event.reasoning }), truncated: event.truncated, value: null, visits: 0, right: simulated?.right ?? null, simulations: simulated?.n ?? null,
    ...(event.verdict === undefined ? {} : { verdict: event.verdict }), requestId: event.requestId,
  });
  const refined = event.asked === 'reflect' && event.outcome === 'ok' && nodes[parent]!.action === 'finish';
  nodes[parent] = { ...nodes[parent]!, children: [...nodes[parent]!.children, index], ...(refined ? { action: 'reason', refined } : {}) };
  const value = valueOf(event, simulated);
  if (value !== undefined && nodes[parent]!.value !== null) backUp(nodes, index, value, settings.backup);
  return index;
}

function valueOf(event: ExpansionEvent, simulated: Simulated | undefined): number | undefined {
  if (event.outcome === 'failed') return undefined;
  if (event.action === 'finish') return event.verdict?.status === 'right' ? 1 : 0;
  return simulated === undefined ? undefined : simulated.right / simulated.n;
}

const addUsage = (a: Usage, b: Usage): Usage => ({
  requests: a.requests + b.requests, samples: a.samples + b.samples, promptTokens: a.promptTokens + b.promptTokens, completionTokens: a.completionTokens + b.completionTokens,
  ...(a.choices === undefined && b.choices === undefined ? {} : { choices: (a.choices ?? 0) + (b.choices ?? 0) }),
});
