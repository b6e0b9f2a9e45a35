import type { Generation, TokenSample } from '../engine-types.ts';
import type { CachedPiece } from './prefix-cache.ts';
import { newRow, type Row } from './row.ts';

/** One call of `generate` while it is under way. */
export interface Request {
  readonly order: number; // of arrival; the lowest is served first
  readonly generation: Generation;
  readonly promptTokens: number;
  readonly keys: readonly string[]; // one a piece
  readonly rows: readonly Row[]; // one a sample, in seed order
  readonly resolve: (samples: readonly TokenSample[]) => void;
  readonly reject: (reason: unknown) => void;
  waiting: Row[]; // those that have no place yet, by sample
  /** The deepest piece of the prompt that is cached and pinned for this request; undefined: none is. */
  reached: CachedPiece | undefined;
  depth: number; // pieces up to `reached`
  counted: number; // pieces told to the statistics as computed or reused
  unfinished: number; // rows
  gone: boolean; // answered, refused or cancelled
}

export function newRequest(order: number, generation: Generation, resolve: Request['resolve'], reject: Request['reject']): Request {
  const rows: Row[] = [];
  const promptTokens = generation.pieces.reduce((sum, piece) => sum + piece.length, 0);
  const request: Request = { order, generation, promptTokens, keys: generation.pieces.map((piece) => piece.join()), rows, resolve, reject, waiting: [], reached: undefined, depth: 0, counted: 0, unfinished: generation.n, gone: false };
  for (let sample = 0; sample < generation.n; sample++) rows.push(newRow(request, sample));
  request.waiting = [...rows];
  return request;
}
