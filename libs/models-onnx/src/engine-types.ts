// What the decode loop knows: token ids, never text. The text side cuts pieces and watches what is written; the engine keeps keys and values and draws.
import type { Sampling } from '@slowthink/models';

/** Sees each token of one row as it is drawn. */
export interface RowWatch {
  /** True: the row ends here, with finish 'stop'. The token counts as generated. */
  push(id: number): boolean;
}

export interface Generation {
  /**
   * The prompt in canonical pieces, in order; none is empty. Keys and values of a prompt are always computed piece by piece, each piece in one forward pass over exactly its own tokens, so they are a
   * function of the prompt alone, whether they come from the cache or are computed anew. Pieces end at step separators, so children and rollouts of a node share all pieces of its steps.
   */
  readonly pieces: readonly (readonly number[])[];
  readonly n: number; // samples, 1..
  readonly seed: number; // sample i is drawn with seed + i
  readonly sampling: Sampling;
  /** Ids that end a row with finish 'stop'; they count as generated. */
  readonly eos: ReadonlySet<number>;
  /** One watch a sample, asked for when its row starts. */
  readonly watch: (sample: number) => RowWatch;
  readonly logprobs: boolean;
  /**
   * Texts that are already written, one a sample, none empty: nothing is drawn, row i is fed these ids, and with `logprobs` it tells the log-probability of each under the model as it is, before temperature and filters.
   * It ends with its last id, by 'length'; no watch is asked.
   */
  readonly forced?: readonly (readonly number[])[];
}

export interface TokenSample {
  /** Generated ids, an ending eos among them. */
  readonly ids: readonly number[];
  readonly logprobs?: readonly number[]; // one an id
  readonly finish: 'stop' | 'length';
}

export interface EngineStats {
  readonly generated: number; // tokens
  readonly prefilled: number; // prompt tokens computed
  readonly reused: number; // prompt tokens whose keys and values came from the cache
  readonly rows: number; // in the batch now
  readonly waiting: number; // rows that wait for a place
  readonly kvBytes: number; // held now, rows and cache
  readonly decodeRuns: number;
  readonly msInRuntime: number;
  readonly msOutside: number; // busy, but not in onnxruntime
}

/** Continuous batching: rows of any request join and leave at every step. The tokens of a request are a function of the request and the weights alone. */
export interface Engine {
  /** Exactly n samples, in seed order. MODEL_CONTEXT_EXCEEDED before any work; rejects with the signal's reason and frees its rows. */
  generate(generation: Generation, signal?: AbortSignal): Promise<readonly TokenSample[]>;
  stats(): EngineStats;
  close(): Promise<void>;
}
