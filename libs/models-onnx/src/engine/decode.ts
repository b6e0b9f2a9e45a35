import { slotsFor } from './canonical-shapes.ts';
import { drawRow } from './draw-row.ts';
import { timed, type EngineState } from './engine-state.ts';
import type { KvSlab } from './kv-slab.ts';
import { fitsToItsEnd, forceRoom, makeRoom, memoryTooSmall, restart, unpin } from './make-room.ts';
import { prefixOf } from './prefix-cache.ts';
import type { Request } from './request.ts';
import { idToFeed, type Row } from './row.ts';

/** Gives places to rows whose prompt is cached, in the order of arrival, until there is no place or no memory. Their first id is drawn from the logits behind the prompt. */
export function startRows(state: EngineState, requests: readonly Request[]): void {
  for (const request of requests) {
    if (request.gone) continue;
    if (request.depth < request.keys.length) return; // those behind it wait too: first come, first served
    for (const row of request.waiting) {
      if (request.gone) break;
      if (state.rows.count >= state.rowsMax || !startRow(state, row)) return;
      request.waiting = request.waiting.slice(1);
    }
    if (request.waiting.length > 0) continue;
    unpin(state, request);
    state.waiting.splice(state.waiting.indexOf(request), 1);
  }
}

function startRow(state: EngineState, row: Row): boolean {
  const { request } = row;
  if (row.ids.length === 0) timed(state, 'msSampling', () => drawRow(state, row, request.reached!.logits!, 0));
  if (row.finish !== undefined || request.gone) { state.settle(row); return true; }
  if (state.rows.count > 0 && !fitsToItsEnd(state, row)) return false;
  const prefix = prefixOf(request.reached);
  const slab = state.rows.open(slotsFor(prefix.tokens), (bytes) => makeRoom(state, bytes) || (state.rows.count === 0 && forceRoom(state, bytes, request)));
  if (slab === undefined) return false;
  timed(state, 'msCopying', () => slab.join(row, prefix));
  return true;
}

/** One more token for every row. */
export async function decodeStep(state: EngineState, between: () => void): Promise<void> {
  timed(state, 'msCopying', () => state.rows.compact());
  for (const slab of state.rows.slabs()) {
    between();
    if (slab.rows.length > 0) await decodeSlab(state, slab);
  }
}

async function decodeSlab(state: EngineState, slab: KvSlab): Promise<void> {
  const { vocab } = state.session;
  const rows = [...slab.rows]; // by place in the pass
  const forward = await state.pass(slab.input(idToFeed));
  state.counts.decodeRuns++;
  timed(state, 'msSampling', () => {
    for (const [at, row] of rows.entries()) if (!row.request.gone && isFedUp(row)) drawRow(state, row, forward.logits, at * vocab);
  });
  const full: { readonly row: Row; readonly at: number }[] = [];
  timed(state, 'msCopying', () => {
    for (const [at, row] of rows.entries()) {
      if (row.finish !== undefined || row.request.gone) continue;
      if (row.length < slab.slots) slab.append(row, forward, at);
      else full.push({ row, at });
    }
    for (const row of rows) {
      if (row.finish === undefined) continue;
      state.rows.leave(row);
      state.settle(row);
    }
    for (const { row, at } of full) {
      if (row.slab === undefined) continue; // it made room for another
      const wider = widen(state, row);
      if (wider !== undefined) wider.append(row, forward, at);
    }
  });
}

/** True when the pass in flight reads the last drawn id: the next is drawn from it. */
function isFedUp(row: Row): boolean { return row.length - row.request.promptTokens === row.ids.length - 1; }

/** Moves a row whose slots are full to a slab with more; undefined when it has to start again because older rows hold the memory. */
function widen(state: EngineState, row: Row): KvSlab | undefined {
  const slab = state.rows.open(slotsFor(row.length + 1), (bytes) => forceRoom(state, bytes, row));
  if (slab !== undefined) state.rows.move(row, slab);
  else if (state.rows.count > 1) restart(state, row);
  else state.refuse(row.request, memoryTooSmall(state.session, state.memory.max));
  return slab;
}
