import { slotsFor, widthFor } from './canonical-shapes.ts';
import type { EngineState } from './engine-state.ts';
import { timed } from './engine-state.ts';
import { Int64s } from './int64s.ts';
import { bytesPerToken, type Forward, type ForwardInput } from './kv-session.ts';
import { forceRoom, makeRoom, unpin } from './make-room.ts';
import { prefixOf, type CachedPiece } from './prefix-cache.ts';
import { copyPrefix, cutPiece } from './prefix.ts';
import type { Request } from './request.ts';

/** A piece that is not cached yet, and the first of the requests that need it. */
interface Job {
  readonly request: Request;
  readonly depth: number; // pieces before it
  readonly parent: CachedPiece | undefined;
  readonly key: string;
  readonly ids: readonly number[];
  keepLogits: boolean; // a prompt ends here
}

const tokensMax = 1024; // of one pass, so that the event loop gets its turn
const logitsBytesMax = 64 * 2 ** 20;

/** Computes the next missing piece of every request, each piece once whoever needs it. Pieces of one shape share a pass. */
export async function prefillNext(state: EngineState, requests: readonly Request[]): Promise<void> {
  const jobs: Job[] = [];
  for (const request of requests) {
    advance(state, request);
    const key = request.keys[request.depth];
    if (key === undefined) continue;
    const keepLogits = request.depth === request.keys.length - 1;
    const same = jobs.find((job) => job.parent === request.reached && job.key === key);
    if (same === undefined) jobs.push({ request, depth: request.depth, parent: request.reached, key, ids: request.generation.pieces[request.depth]!, keepLogits });
    else same.keepLogits ||= keepLogits;
  }
  for (const group of Map.groupBy(jobs, ({ parent, ids }) => `${slotsFor(parent?.end ?? 0)} ${widthFor(ids.length)}`).values()) {
    for (let done = 0; done < group.length;) done += await prefillSome(state, group.slice(done), requests[0]!);
  }
  for (const request of requests) advance(state, request);
}

/** Pins the pieces of the prompt that are cached, as far as they go. */
function advance(state: EngineState, request: Request): void {
  const { cache, counts } = state, { keys } = request;
  for (let key = keys[request.depth]; !request.gone && key !== undefined; key = keys[request.depth]) {
    const piece = cache.find(request.reached, key);
    if (piece === undefined || (request.depth === keys.length - 1 && piece.logits === undefined)) break;
    const depth = request.depth + 1;
    cache.pin(piece);
    unpin(state, request);
    request.reached = piece;
    request.depth = depth;
    if (depth <= request.counted) continue;
    request.counted = depth;
    counts.reused += piece.tokens;
  }
  if (request.reached !== undefined) cache.use(request.reached);
}

/** One pass over the first jobs of a group, as many as fit; returns how many are done with, those that must wait for memory among them. */
async function prefillSome(state: EngineState, jobs: readonly Job[], oldest: Request): Promise<number> {
  const { session, memory, rows } = state;
  const slots = slotsFor(jobs[0]!.parent?.end ?? 0), width = widthFor(jobs[0]!.ids.length);
  const pastBytes = slots * bytesPerToken(session);
  const bytesOfJob = ({ ids, keepLogits }: Job) => pastBytes + ids.length * bytesPerToken(session) + (keepLogits ? session.vocab * Float32Array.BYTES_PER_ELEMENT : 0);
  const bytesOf = (some: readonly Job[]) => some.reduce((sum, job) => sum + bytesOfJob(job), 0);
  const most = Math.min(state.batchWidth, Math.floor(tokensMax / width), Math.floor(logitsBytesMax / (width * session.vocab * Float32Array.BYTES_PER_ELEMENT)), Math.floor(memory.max / 8 / Math.max(1, pastBytes)));
  const first = jobs.slice(0, Math.max(1, most)), single = jobs.slice(0, 1);
  const fitting = [first, single].find((some) => makeRoom(state, bytesOf(some))) ?? (rows.count === 0 && single[0]!.request === oldest && forceRoom(state, bytesOf(single), oldest) ? single : undefined);
  if (fitting === undefined) return jobs.length; // until a row ends
  const some = fitting.filter(isWanted);
  if (some.length === 0) return fitting.length;

  const held = bytesOf(some);
  memory.take(held);
  try {
    const input = inputFor(state, some, slots, width);
    const forward = await state.pass(input);
    state.counts.prefillRuns++;
    timed(state, 'msCopying', () => { for (const [row, job] of some.entries()) keep(state, job, forward, row, width); });
  } finally {
    memory.give(some.length * pastBytes);
  }
  for (const { request } of some) advance(state, request); // pinned before the next pass asks for memory
  return fitting.length;
}

/** False when what the job builds on was given up meanwhile. */
function isWanted({ request, parent }: Job): boolean { return !request.gone && (parent === undefined || parent.cached); }

function inputFor(state: EngineState, jobs: readonly Job[], slots: number, width: number): ForwardInput {
  const { session } = state, rows = jobs.length;
  const [ids, positions, mask] = [new Int64s(rows * width), new Int64s(rows * width), new Int64s(rows * (slots + width))];
  const past = Array.from({ length: 2 * session.layers }, () => new Float32Array(rows * session.kvHeads * slots * session.headDim));
  for (const [row, job] of jobs.entries()) {
    const length = job.parent?.end ?? 0, tokens = job.ids.length;
    for (let i = 0; i < width; i++) {
      ids.set(row * width + i, job.ids[i] ?? 0);
      positions.set(row * width + i, length + Math.min(i, tokens - 1));
    }
    const from = row * (slots + width);
    mask.fill(1, from, from + length);
    mask.fill(1, from + slots, from + slots + tokens);
    timed(state, 'msCopying', () => copyPrefix(session, prefixOf(job.parent), past, row, slots));
  }
  return { rows, tokens: width, slots, ids, positions, mask, past };
}

/** Puts a computed piece into the cache; its bytes are taken already. */
function keep({ session, cache, memory, counts }: EngineState, { request, depth, parent, key, ids, keepLogits }: Job, { logits, added }: Forward, row: number, width: number): void {
  const { vocab } = session;
  const last = (row * width + ids.length - 1) * vocab;
  const ending = keepLogits ? logits.slice(last, last + vocab) : undefined;
  counts.prefilled += ids.length;
  request.counted = Math.max(request.counted, depth + 1);
  const cached = cache.find(parent, key);
  if (cached === undefined) { cache.add(parent, key, ids.length, cutPiece(session, added, row, width, ids.length), ending); return; }
  memory.give(ids.length * bytesPerToken(session)); // it was cached without its logits
  if (ending !== undefined) cache.addLogits(cached, ending);
}
