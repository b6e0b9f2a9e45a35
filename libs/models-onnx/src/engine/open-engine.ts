import { FaultError } from '@slowthink/faults';
import { systemClock, type Clock } from '@slowthink/models';
import type { Engine, Generation, TokenSample } from '../engine-types.ts';
import { decodeStep, startRows } from './decode.ts';
import type { Counts, EngineDetail, EngineState } from './engine-state.ts';
import { KvMemory } from './kv-memory.ts';
import { KvRows } from './kv-rows.ts';
import type { KvSession } from './kv-session.ts';
import { bytesForOneRow, memoryTooSmall, unpin } from './make-room.ts';
import { PrefixCache } from './prefix-cache.ts';
import { prefillNext } from './prefill.ts';
import { probeModel } from './probe-model.ts';
import { newRequest, type Request } from './request.ts';
import type { Row } from './row.ts';
import { makeSampler } from './sampler.ts';

export interface EngineOptions {
  readonly rowsMax?: number; // that are decoded at once, default 64
  readonly kvBytesMax: number; // keys and values of rows and of the prefix cache together
  readonly clock?: Pick<Clock, 'now'>;
}

export interface OnnxEngine extends Engine { stats(): EngineDetail }

/**
 * An engine on an open session, which it closes. Rows are served in the order of arrival, all of one request together; a cancelled request is rejected at once and its rows are free before the next pass.
 * MODEL_MEMORY_SMALL: kvBytesMax cannot hold one row of the full context. MODEL_FOLDER_WRONG: see `probeModel`.
 */
export async function openEngine(session: KvSession, { rowsMax = 64, kvBytesMax, clock = systemClock }: EngineOptions): Promise<OnnxEngine> {
  if (kvBytesMax < bytesForOneRow(session)) throw memoryTooSmall(session, kvBytesMax);
  const { batchNeutral } = await probeModel(session);
  const batchWidth = batchNeutral ? rowsMax : 1;
  const memory = new KvMemory(kvBytesMax), cache = new PrefixCache(memory), rows = new KvRows({ geometry: session, memory, widthMax: batchWidth });
  const counts: Counts = { generated: 0, prefilled: 0, reused: 0, decodeRuns: 0, prefillRuns: 0, restarted: 0, msInRuntime: 0, msOutside: 0, msSampling: 0, msCopying: 0 };
  const now = () => clock.now();
  const requests = new Set<Request>(); // under way
  const leaving: Request[] = []; // gone, their rows still seated
  let arrived = 0, busySince = 0, closed = false;
  let looping: Promise<void> | undefined;

  const state: EngineState = {
    session, batchWidth, rowsMax, memory, cache, rows, waiting: [], sampler: makeSampler(session.vocab), counts, now,
    async pass(input) {
      const running = session.run(input);
      counts.msOutside += now() - busySince;
      const forward = await running;
      busySince = now();
      counts.msInRuntime += forward.ms;
      return forward;
    },
    settle(row) {
      const { request } = row;
      if (request.gone || --request.unfinished > 0) return;
      end(request);
      request.resolve(request.rows.map(toSample));
    },
    refuse(request, reason) {
      if (request.gone) return;
      end(request);
      request.reject(reason);
    },
  };

  function end(request: Request): void {
    request.gone = true;
    requests.delete(request);
    leaving.push(request);
  }

  /** Frees what gone requests hold. Not during a pass: its rows keep their places. */
  function freeGone(): void {
    if (leaving.length === 0) return;
    for (const request of leaving.splice(0)) {
      unpin(state, request);
      for (const row of request.rows) if (row.slab !== undefined) rows.leave(row);
    }
    let kept = 0;
    for (const request of state.waiting) if (!request.gone) state.waiting[kept++] = request;
    state.waiting.length = kept;
  }

  /** The first requests whose rows would fill the free places. */
  function nextToStart(): readonly Request[] {
    let places = rowsMax - rows.count;
    const next: Request[] = [];
    for (const request of state.waiting) {
      if (places <= 0) break;
      next.push(request);
      places -= request.waiting.length;
    }
    return next;
  }

  async function loop(): Promise<void> {
    while (requests.size > 0) {
      await new Promise(setImmediate); // requests of one turn of the event loop start together
      busySince = now();
      freeGone();
      const next = nextToStart();
      await prefillNext(state, next);
      startRows(state, next);
      await decodeStep(state, freeGone);
      counts.msOutside += now() - busySince;
    }
    freeGone();
  }

  /** Runs while there are requests. What onnxruntime throws ends those under way; later ones start afresh. */
  function wake(): void {
    looping ??= loop().catch((error: unknown) => { for (const request of requests) state.refuse(request, error); freeGone(); }).finally(() => {
      looping = undefined;
      if (requests.size > 0) wake();
    });
  }

  return {
    async generate(generation, signal) {
      signal?.throwIfAborted();
      if (closed) throw new Error('the engine is closed');
      checkPrompt(generation, session);
      if (generation.sampling.maxTokens < 1) return Array.from({ length: generation.n }, () => ({ ids: [], ...(generation.logprobs ? { logprobs: [] } : {}), finish: 'length' as const }));
      return await new Promise<readonly TokenSample[]>((resolve, reject) => {
        const request = newRequest(arrived++, generation, (samples) => { signal?.removeEventListener('abort', cancel); resolve(samples); }, (reason) => { signal?.removeEventListener('abort', cancel); reject(reason as Error); });
        const cancel = () => { state.refuse(request, signal!.reason); };
        signal?.addEventListener('abort', cancel, { once: true });
        requests.add(request);
        state.waiting.push(request);
        wake();
      });
    },
    stats: () => ({ ...counts, batchWidth, rows: rows.count, waiting: state.waiting.reduce((sum, request) => sum + (request.gone ? 0 : request.waiting.length), 0), kvBytes: memory.held }),
    async close() {
      closed = true;
      for (const request of requests) state.refuse(request, new Error('the engine is closed'));
      await looping;
      await session.close();
    },
  };
}

function checkPrompt({ pieces, forced = [] }: Generation, { vocab, contextTokens }: KvSession): void {
  const tokens = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const answer = forced.reduce((most, written) => Math.max(most, written.length), 1);
  if (tokens === 0 || pieces.some((piece) => piece.length === 0)) throw new RangeError('a prompt needs at least one piece, and no piece may be empty');
  if (forced.some((written) => written.length === 0)) throw new RangeError('a text that is already written needs at least one token');
  if (tokens + answer > contextTokens) throw new FaultError('MODEL_CONTEXT_EXCEEDED', `The prompt has ${tokens} tokens; the model's context is ${contextTokens}, ${answer === 1 ? 'one' : answer} of them for the answer.`, { hint: 'Shorten the question or the examples of the recipe, or use a model with a larger context.' });
  const foreign = [...pieces, ...forced].flat().find((id) => !(Number.isInteger(id) && id >= 0 && id < vocab));
  if (foreign !== undefined) throw new FaultError('MODEL_FOLDER_WRONG', `The prompt has token ${foreign}; the model knows 0 to ${vocab - 1}.`, { hint: 'tokenizer.json and the weights are not of one model.' });
}

function toSample({ ids, logprobs, finish, request }: Row): TokenSample {
  return { ids, ...(request.generation.logprobs ? { logprobs } : {}), finish: finish! };
}
