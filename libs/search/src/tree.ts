// A tree is a value folded from its events. What is folded stands in `search`; what came before its cause waits in `waiting`.
import type { ChosenEvent, ClosedEvent, ExpansionEvent, OpenedEvent, RolloutEvent, Selection, SimulationEvent, SnapshotEvent, Usage, Verdict } from '@slowthink/records';

export type TreeEvent = OpenedEvent | ChosenEvent | ExpansionEvent | SimulationEvent | RolloutEvent | SnapshotEvent | ClosedEvent;

/** Events of one expansion; they wait in the tree until it is complete. */
export type WaitingEvent = ChosenEvent | ExpansionEvent | SimulationEvent | RolloutEvent;

/** One node, in a flat array; `parent` and `children` are indices into it, and a parent always stands before its children. */
export interface Node {
  readonly id: string; // path; the root is "0"
  readonly parent: number; // -1 for the root
  readonly children: readonly number[];
  readonly depth: number; // root 0
  readonly expansion: number; // that made it; root 0
  readonly action: 'root' | 'reason' | 'finish' | 'reflect'; // what it is
  readonly asked: 'root' | 'reason' | 'finish' | 'reflect'; // what the policy was asked for
  readonly refined: boolean; // a Finish that became a Reason node with a Reflect child
  readonly forced: boolean;
  readonly outcome: 'ok' | 'failed';
  readonly text: string;
  readonly reasoning?: string;
  readonly truncated: boolean;
  readonly value: number | null; // v, 0..1; null: never backed up, never selected, never a label
  readonly visits: number; // n
  readonly right: number | null; // of its own simulation
  readonly simulations: number | null; // n of its own simulation
  readonly verdict?: Verdict;
  readonly requestId: string;
}

/** One expansion that has begun: which node, how many children, how. Numbers count from 1 in each tree; 0 made the root. */
export interface Expansion {
  readonly number: number;
  readonly node: number; // index of the node that is expanded
  readonly children: number; // 1..
  readonly how: 'reason' | 'finish' | 'ask' | 'reflect';
  readonly forced: boolean;
}

/** Events of one expansion that are not folded yet. */
export interface Arrivals {
  readonly chosen?: ChosenEvent;
  readonly nodes: ReadonlyMap<string, ExpansionEvent>; // by node id
  readonly simulations: ReadonlyMap<string, SimulationEvent>; // further completions asked for, by node id and round
  readonly rollouts: ReadonlyMap<string, RolloutEvent>; // by node id and round
}

/** What the folded events come to. */
export interface Search {
  readonly nodes: readonly Node[]; // canonical order: expansion, child, chain; root first
  readonly folded: number; // every expansion up to this number is folded
  readonly active: readonly Expansion[]; // the wave that has begun, in order of number; empty: the tree is done
  readonly forcedQueue: readonly number[]; // nodes that get a forced Finish one after the other
  readonly stop: string | undefined; // name of the stop rule once the search has stopped
  readonly selections: readonly Selection[]; // why each expansion began
  readonly samples: number; // asked of the model so far
  readonly usage: Usage;
}

export interface Tree {
  readonly treeId: string;
  readonly questionId: string;
  readonly opened: OpenedEvent | undefined;
  readonly closed: ClosedEvent | undefined;
  readonly waiting: ReadonlyMap<number, Arrivals>; // by number of the expansion
  readonly search: Search | undefined; // undefined until `opened` has come
}

/** Key of one round of completions of a node. */
export const roundKey = (nodeId: string, round: number): string => `${nodeId}/${round}`;

/** Ids along one child's chain: 0.2, 0.2.0, 0.2.0.0 for a Finish that wrote three steps. */
export const chainId = (parentId: string, child: number, chain: number): string => `${parentId}.${child}${'.0'.repeat(chain)}`;

/** Indices from the root to a node, both included. */
export function pathTo(nodes: readonly Node[], index: number): readonly number[] {
  const path: number[] = [];
  for (let at = index; at >= 0; at = nodes[at]!.parent) path.push(at);
  return path.reverse();
}

/** Texts of Step 0 to a node. */
export const stepsTo = (nodes: readonly Node[], index: number): readonly string[] => pathTo(nodes, index).map((at) => nodes[at]!.text);
