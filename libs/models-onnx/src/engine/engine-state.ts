import type { EngineStats } from '../engine-types.ts';
import type { KvMemory } from './kv-memory.ts';
import type { KvRows } from './kv-rows.ts';
import type { Forward, ForwardInput, KvSession } from './kv-session.ts';
import type { PrefixCache } from './prefix-cache.ts';
import type { Request } from './request.ts';
import type { Row } from './row.ts';
import type { Sampler } from './sampler.ts';

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What `stats()` tells beyond the contract: where the time goes. */
export interface EngineDetail extends EngineStats {
  readonly batchWidth: number; // rows of one pass at most; 1: a row's logits would depend on its neighbours
  readonly prefillRuns: number;
  readonly restarted: number; // rows that gave up their keys and values for an older one and were decoded again
  readonly msSampling: number; // of msOutside, the watches of the rows among it
  readonly msCopying: number; // of msOutside: keys and values
}

export type Counts = Writable<Pick<EngineDetail, 'generated' | 'prefilled' | 'reused' | 'decodeRuns' | 'prefillRuns' | 'restarted' | 'msInRuntime' | 'msOutside' | 'msSampling' | 'msCopying'>>;

/** What the parts of the decode loop share. */
export interface EngineState {
  readonly session: KvSession;
  readonly batchWidth: number;
  readonly rowsMax: number;
  readonly memory: KvMemory;
  readonly cache: PrefixCache;
  readonly rows: KvRows;
  readonly waiting: Request[]; // those with rows that have no place, the first arrived first
  readonly sampler: Sampler;
  readonly counts: Counts;
  readonly now: () => number;
  /** One pass of the model. Rows and slabs named in the input stay as they are until it ends. */
  readonly pass: (input: ForwardInput) => Promise<Forward>;
  /** The row is drawn to its end, or its request is gone. */
  readonly settle: (row: Row) => void;
  /** The request is refused: the error goes to its caller, its rows are freed before the next pass. */
  readonly refuse: (request: Request, reason: unknown) => void;
}

/** Adds what `work` takes to one of the counts. */
export function timed(state: EngineState, count: 'msSampling' | 'msCopying', work: () => void): void {
  const began = state.now();
  work();
  state.counts[count] += state.now() - began;
}
