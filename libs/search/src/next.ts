import { missingRequests, type SearchRequest } from './requests.ts';
import type { Tree } from './tree.ts';

/** What a tree wants now. `close` comes once, when nothing is left to do: write it as the `closed` event. */
export interface Next {
  readonly requests: readonly SearchRequest[];
  readonly close?: { readonly status: 'closed' | 'failed'; readonly stop: string };
}

/**
 * Exactly the requests a tree lacks to go on, from the folded tree alone: after a restart the same ones come out. The caller remembers which are in flight.
 * Empty while only simulations are awaited, before `opened`, and after `closed`.
 */
export function next(tree: Tree): Next {
  const { search, closed } = tree;
  if (search === undefined || closed !== undefined) return { requests: [] };
  if (search.active.length > 0) return { requests: search.active.flatMap((expansion) => missingRequests(tree, search.nodes, expansion)) };
  const stop = search.stop!;
  return { requests: [], close: { status: stop === 'root-failed' ? 'failed' : 'closed', stop } };
}
