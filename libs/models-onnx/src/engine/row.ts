import type { RowWatch, TokenSample } from '../engine-types.ts';
import type { KvSlab } from './kv-slab.ts';
import type { Request } from './request.ts';

/** One sample on its way. Its ids survive when its keys and values are given up for another row: it is then decoded again, with the same result, before it draws on. */
export interface Row {
  readonly request: Request;
  readonly sample: number;
  readonly ids: number[]; // drawn so far
  readonly logprobs: number[]; // one an id, when asked for
  watch: RowWatch | undefined; // from its start on
  finish: TokenSample['finish'] | undefined;
  slab: KvSlab | undefined; // undefined: no keys and values are held
  place: number; // in the slab
  length: number; // slots filled: prompt and ids fed
}

export function newRow(request: Request, sample: number): Row {
  return { request, sample, ids: [], logprobs: [], watch: undefined, finish: undefined, slab: undefined, place: -1, length: 0 };
}

/** The next id that a pass over the row reads. */
export function idToFeed(row: Row): number { return row.ids[row.length - row.request.promptTokens]!; }
