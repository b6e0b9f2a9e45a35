import { FaultError } from '@slowthink/faults';
import { slotsFor, widthFor } from './canonical-shapes.ts';
import type { EngineState } from './engine-state.ts';
import { bytesPerToken, type KvGeometry } from './kv-session.ts';
import type { Request } from './request.ts';
import type { Row } from './row.ts';

/** Room for `bytes` without taking it from anybody: empty slabs and unused pieces go. */
export function makeRoom({ memory, rows, cache }: EngineState, bytes: number): boolean {
  while (!memory.fits(bytes)) if (!rows.dropSpare() && !cache.evict()) return false;
  return true;
}

/** Room at the cost of others than `keep`: waiting requests lose their pinned pieces, then rows younger than `keep` their places, the youngest first. All of it is computed again later, with the same result. */
export function forceRoom(state: EngineState, bytes: number, keep: Row | Request): boolean {
  while (!makeRoom(state, bytes)) {
    const pinned = state.waiting.findLast((request) => request !== keep && request.reached !== undefined);
    if (pinned !== undefined) { unpin(state, pinned); continue; }
    const youngest = 'slab' in keep ? youngestBehind(state, keep) : undefined;
    if (youngest === undefined) return false;
    restart(state, youngest);
  }
  return true;
}

/** The request no longer holds pieces of the cache. */
export function unpin({ cache }: EngineState, request: Request): void {
  if (request.reached !== undefined) cache.unpin(request.reached);
  request.reached = undefined;
  request.depth = 0;
}

/** The row gives up its keys and values and waits for a place again. The oldest row never does, so every row comes to its end. */
export function restart(state: EngineState, row: Row): void {
  state.rows.leave(row);
  state.rows.compact();
  state.counts.restarted++;
  if (!row.request.gone) putBack(state.waiting, row);
}

function youngestBehind(state: EngineState, row: Row): Row | undefined {
  return state.rows.slabs().flatMap((slab) => slab.rows).reduce((youngest: Row | undefined, one) => isYounger(one, youngest ?? row) ? one : youngest, undefined);
}

function isYounger(a: Row, b: Row): boolean { return a.request.order > b.request.order || (a.request === b.request && a.sample > b.sample); }

function putBack(waiting: Request[], row: Row): void {
  const { request } = row;
  request.waiting = [row, ...request.waiting].sort((a, b) => a.sample - b.sample);
  if (waiting.includes(request)) return;
  waiting.push(request);
  waiting.sort((a, b) => a.order - b.order);
}

/** True when one more row fits even if it and all that run are drawn to their limits. Rows that end early make this a guess on the safe side; slabs are wider than their rows, so it is no promise. */
export function fitsToItsEnd(state: EngineState, row: Row): boolean {
  const { memory, rows, cache } = state;
  const growth = rows.slabs().reduce((sum, slab) => sum + slab.rows.reduce((more, one) => more + rowBytesAtEnd(state, one) - slab.bytes / slab.width, 0), 0);
  return memory.held - rows.spareBytes - cache.evictableBytes + growth + rowBytesAtEnd(state, row) <= memory.max;
}

function rowBytesAtEnd({ session }: EngineState, { sample, request: { promptTokens, generation: { forced, sampling } } }: Row): number {
  return slotsFor(Math.min(promptTokens + (forced?.[sample]!.length ?? sampling.maxTokens), session.contextTokens)) * bytesPerToken(session);
}

/** What one row of the full context needs: its slots, and beside them its prompt in the cache, or the slots it moves out of. */
export function bytesForOneRow(geometry: KvGeometry): number {
  return (2 * slotsFor(geometry.contextTokens) + widthFor(1)) * bytesPerToken(geometry) + geometry.vocab * Float32Array.BYTES_PER_ELEMENT;
}

export function memoryTooSmall(geometry: KvGeometry, max: number): FaultError {
  const mebibytes = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  return new FaultError('MODEL_MEMORY_SMALL', `${mebibytes(max)} for keys and values cannot hold one row of ${geometry.contextTokens} tokens: it needs ${mebibytes(bytesForOneRow(geometry))} (${bytesPerToken(geometry)} bytes a token, twice: its slots and its prompt).`);
}
