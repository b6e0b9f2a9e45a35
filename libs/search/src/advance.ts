import type { OpenedEvent, SearchSettings, Selection } from '@slowthink/records';
import { STEP_ZERO } from '@slowthink/prompts';
import { foldExpansion, isComplete } from './fold-expansion.ts';
import { selectWave } from './select.ts';
import { correctLeaves, stopRule } from './stop.ts';
import type { Expansion, Node, Search, Tree } from './tree.ts';

/** The root: the fixed Step 0, v = 0, n = 0, not simulated; its expansion (number 1) asks for Reason children in one request. */
export function begin({ search: settings }: OpenedEvent): Search {
  const root: Node = {
    id: '0', parent: -1, children: [], depth: 0, expansion: 0, action: 'root', asked: 'root', refined: false, forced: false, outcome: 'ok', text: STEP_ZERO, truncated: false,
    value: 0, visits: 0, right: null, simulations: null, requestId: '',
  };
  const first: Expansion = { number: 1, node: 0, children: settings.childrenMax, how: 'reason', forced: false };
  return { nodes: [root], folded: 0, active: [first], forcedQueue: [], stop: undefined, selections: [selectionOf([root], first, 'root', 1)], samples: 0, usage: { requests: 0, samples: 0, promptTokens: 0, completionTokens: 0 } };
}

/** Folds every expansion that is complete, in order of number, and begins the next wave when the last one of a wave is folded. What is not complete, or not begun, stays in `waiting`. */
export function advance(tree: Tree): Tree {
  if (tree.opened === undefined || tree.search === undefined) return tree;
  const settings = tree.opened.search;
  let { search } = tree;
  let waiting: Tree['waiting'] = tree.waiting;
  for (let expansion = search.active[0]; expansion !== undefined; expansion = search.active[0]) {
    const arrivals = waiting.get(expansion.number);
    if (arrivals === undefined || !isComplete(tree.treeId, search.nodes, expansion, arrivals, settings)) break;
    search = foldExpansion(search, expansion, arrivals, tree.treeId, settings);
    const left = new Map(waiting);
    left.delete(expansion.number);
    waiting = left;
    if (search.active.length === 0) search = beginNext(search, settings);
  }
  return search === tree.search ? tree : { ...tree, search, waiting };
}

/** Selects the next wave of leaves, or stops the search and begins its forced finishes. */
function beginNext(search: Search, settings: SearchSettings): Search {
  if (search.stop !== undefined) return beginForced(search, settings);
  const stop = stopRule(search, settings);
  const wave = stop === undefined ? selectWave(search.nodes, settings) : [];
  if (wave.length === 0) return beginForced({ ...search, stop: stop ?? 'exhausted', forcedQueue: stop === 'root-failed' ? [] : openLeaves(search.nodes) }, settings);
  const active = wave.map(({ leaf }, place) => expansionOf(search, leaf, search.folded + 1 + place, settings));
  const number = nextWave(search);
  return { ...search, active, selections: [...search.selections, ...active.map((expansion, place) => selectionOf(search.nodes, expansion, 'ucb', number, wave[place]!.path))] };
}

/**
 * What a selected node gets: a Finish that may be refined one Reflect; a node whose own simulation (not the backed-up value) reaches the high gate one Finish; for any other one the policy
 * is asked child by child, or all children are Reason.
 */
function expansionOf({ nodes }: Search, node: number, number: number, settings: SearchSettings): Expansion {
  const { action, right, simulations } = nodes[node]!;
  if (action === 'finish') return { number, node, children: 1, how: 'reflect', forced: false };
  const sure = right !== null && simulations !== null && right / simulations >= settings.gateHigh;
  if (sure) return { number, node, children: 1, how: 'finish', forced: false };
  return { number, node, children: settings.childrenMax, how: settings.choosing === 'asked' ? 'ask' : 'reason', forced: false };
}

/**
 * Forced finishes, one for each leaf left open, while at most `forcedFinishEnough` right leaves exist. `all`: decided once, begun together, backed up in this order.
 * `untilEnough`: one after the other, asked again before each. A forced Finish that states no answer leaves a Reason leaf behind; it is not forced again.
 */
function beginForced(search: Search, settings: SearchSettings): Search {
  if (settings.forcedFinish === 'none' || correctLeaves(search.nodes, settings.gateLow) > settings.forcedFinishEnough) return { ...search, forcedQueue: [] };
  const count = settings.forcedFinish === 'all' ? search.forcedQueue.length : 1;
  const active = search.forcedQueue.slice(0, count).map((node, place): Expansion => ({ number: search.folded + 1 + place, node, children: 1, how: 'finish', forced: true }));
  const wave = nextWave(search);
  return { ...search, active, forcedQueue: search.forcedQueue.slice(count), selections: [...search.selections, ...active.map((expansion) => selectionOf(search.nodes, expansion, 'forced', wave))] };
}

/** Leaves with a value that are no Finish, best value first, ties in canonical order. Leaves at `depthMax` are among them; a node that was expanded in vain is not. */
function openLeaves(nodes: readonly Node[]): readonly number[] {
  const leaves = nodes.map((_, index) => index).filter((index) => nodes[index]!.action !== 'finish' && nodes[index]!.value !== null && nodes[index]!.children.length === 0);
  return leaves.sort((a, b) => nodes[b]!.value! - nodes[a]!.value! || a - b);
}

const nextWave = ({ selections }: Search): number => selections.at(-1)!.wave + 1;

const selectionOf = (nodes: readonly Node[], { number, node, how }: Expansion, rule: Selection['rule'], wave: number, path: Selection['path'] = []): Selection =>
  ({ expansion: number, nodeId: nodes[node]!.id, how, rule, wave, path });
