import type { SimulationEvent } from '@slowthink/records';
import { missingRequests, type SearchRequest } from './requests.ts';
import { missingSimulations } from './simulation-rounds.ts';
import type { Tree } from './tree.ts';

/** What a tree wants now. */
export interface Next {
  /** To be asked of the policy. The caller remembers which are in flight. */
  readonly requests: readonly SearchRequest[];
  /** To be written as they are, and folded: they ask for further completions of nodes. */
  readonly simulations: readonly SimulationEvent[];
  /** Comes once, when nothing is left to do: write it as the `closed` event. */
  readonly close?: { readonly status: 'closed' | 'failed'; readonly stop: string };
}

const nothing: Next = { requests: [], simulations: [] };

/**
 * Exactly what a tree lacks to go on, from the folded tree alone: after a restart the same comes out.
 * Empty while only simulations are awaited, before `opened`, and after `closed`.
 */
export function next(tree: Tree): Next {
  const { search, closed, opened } = tree;
  if (search === undefined || opened === undefined || closed !== undefined) return nothing;
  if (search.active.length > 0) {
    return {
      requests: search.active.flatMap((expansion) => missingRequests(tree, search.nodes, expansion)),
      simulations: search.active.flatMap((expansion) => missingSimulations(search.nodes, expansion, tree.waiting.get(expansion.number), opened.search)),
    };
  }
  const stop = search.stop!;
  return { ...nothing, close: { status: stop === 'root-failed' ? 'failed' : 'closed', stop } };
}
