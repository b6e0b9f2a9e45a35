import type { ExpansionEvent, SearchSettings, SimulationEvent } from '@slowthink/records';
import { chainsOf } from './arrived-chains.ts';
import { roundKey, type Arrivals, type Expansion, type Node } from './tree.ts';

/** n_sim = max(floor(base / (depth + 1)), min): 10 at depth 1, 6 at depth 2, 5 from depth 3 (arXiv 2501.12051, section 3.1, simulation). */
export const simulationsAt = (depth: number, { simulationBase, simulationMin }: SearchSettings): number => Math.max(Math.floor(simulationBase / (depth + 1)), simulationMin);

/** Completions that a new node asks for at once: all n_sim of them, or with adaptive simulation the larger half; the rest is shared out when the whole expansion is back. */
export const firstRound = (depth: number, settings: SearchSettings): number => (settings.simulating === 'fixed' ? simulationsAt(depth, settings) : Math.ceil(simulationsAt(depth, settings) / 2));

/** A node after its first round. */
export interface Simulated { readonly right: number; readonly n: number }

/**
 * Shares `budget` further completions out among nodes: more where the value is uncertain. Shares are proportional to the standard deviation of one completion (Neyman's allocation), with
 * Jeffreys' prior so that 0 of n is not taken for certain:
 *
 *   p = (right + 1/2) / (n + 1)        share = sqrt(p (1 - p))
 *
 * Whole numbers by largest remainder, ties to the earlier node. The sum is `budget` exactly, unless there is no node.
 */
export function shareOut(budget: number, nodes: readonly Simulated[]): readonly number[] {
  const spread = nodes.map(({ right, n }) => { const p = (right + 0.5) / (n + 1); return Math.sqrt(p * (1 - p)); });
  const total = spread.reduce((sum, one) => sum + one, 0);
  const exact = spread.map((one) => (budget * one) / total);
  const counts = exact.map(Math.floor);
  const left = budget - counts.reduce((sum, count) => sum + count, 0);
  const byRemainder = exact.map((_, place) => place).sort((a, b) => (exact[b]! - counts[b]!) - (exact[a]! - counts[a]!) || a - b);
  for (const place of byRemainder.slice(0, left)) counts[place]! += 1;
  return counts;
}

/** The further completions that an expansion wants, by its events' order; empty with fixed simulation, and until every node of the expansion has its first round. A node whose first round failed gets none. */
export function secondRound(nodes: readonly Node[], expansion: Expansion, arrivals: Arrivals, settings: SearchSettings): readonly { readonly event: ExpansionEvent; readonly count: number }[] {
  if (settings.simulating === 'fixed') return [];
  const chains = chainsOf(nodes[expansion.node]!.id, expansion.children, arrivals);
  if (chains === undefined) return [];
  const wanted = chains.flat().filter(({ rollouts }) => rollouts > 0);
  const simulated: { event: ExpansionEvent; right: number; n: number }[] = [];
  for (const event of wanted) {
    const rollout = arrivals.rollouts.get(roundKey(event.nodeId, 1));
    if (rollout === undefined) return [];
    if (rollout.outcome === 'ok' && rollout.n > 0) simulated.push({ event, right: rollout.right, n: rollout.n });
  }
  const budget = simulated.reduce((sum, { event }) => sum + simulationsAt(event.depth, settings) - event.rollouts, 0);
  const counts = shareOut(budget, simulated);
  return simulated.map(({ event }, place) => ({ event, count: counts[place]! })).filter(({ count }) => count > 0);
}

/** The records that ask for the second round of an expansion and have not been written yet. The seeds go on where the first round ended: more completions are the same ones and further ones. */
export function missingSimulations(nodes: readonly Node[], expansion: Expansion, arrivals: Arrivals | undefined, settings: SearchSettings): readonly SimulationEvent[] {
  if (arrivals === undefined) return [];
  return secondRound(nodes, expansion, arrivals, settings).filter(({ event }) => !arrivals.simulations.has(roundKey(event.nodeId, 2)) && !arrivals.rollouts.has(roundKey(event.nodeId, 2))).map(({ event, count }) => {
    const { questionId, treeId, nodeId, steps, prompt, gold, prompting, stepping, rollout, policy } = event;
    return { type: 'simulation', v: 1, questionId, treeId, expansion: expansion.number, nodeId, round: 2, rollouts: count, seed: event.seed + event.rollouts, steps, prompt, gold, prompting, stepping, rollout, policy };
  });
}
