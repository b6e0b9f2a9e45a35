// What the stream tells whoever watches: plain values, no I/O. Ports and stages report through it; telemetry listens.

/** Who is waited for in a pause: each has pauses of its own, whatever faults they are told with. */
export type WaitedFor = 'policy' | 'scorer' | 'grader' | 'log' | 'broker';

export type Signal =
  | { readonly kind: 'settled'; readonly stage: string; readonly partition: number; readonly ok: number; readonly failed: number; readonly dropped: number; readonly earlier?: true /* by processes before this one */ }
  | { readonly kind: 'trees'; readonly opened: number; readonly closed: number; readonly failed: number }
  | { readonly kind: 'request'; readonly change: 'started' | 'answered' | 'retried' | 'failed'; readonly samples?: number; readonly promptTokens?: number; readonly completionTokens?: number; readonly ms?: number }
  | { readonly kind: 'graded'; readonly change: 'judged' | 'cached' | 'failed' | 'spent'; readonly promptTokens?: number; readonly completionTokens?: number; readonly ms?: number }
  | { readonly kind: 'limit'; readonly inFlightMax: number }
  | { readonly kind: 'fault'; readonly stage: string; readonly code: string; readonly message: string }
  | { readonly kind: 'paused'; readonly of: WaitedFor; readonly code: string; readonly message: string; readonly retryInMs: number }
  | { readonly kind: 'resumed'; readonly of: WaitedFor; readonly afterMs: number }
  | { readonly kind: 'rows'; readonly table: string; readonly count: number }
  | { readonly kind: 'import'; readonly questions: number }
  | { readonly kind: 'total'; readonly questions: number }
  | { readonly kind: 'note'; readonly level: 'info' | 'warn'; readonly message: string };

/** How far a stage of this process is. */
export interface StageState {
  readonly name: string;
  /** starting: it has not joined yet, or not all its partitions run. stopped: over, by itself or by a failure. */
  readonly lifecycle: 'starting' | 'running' | 'draining' | 'stopped';
  readonly partitions: number; // that it owns now; none is possible where others have them all
  readonly running: number; // of these, claimed and read
  readonly treesOpen: number; // in these; of a stage with trees
}

export type Observer = (signal: Signal) => void;

/** Hears everything and does nothing. */
export const silent: Observer = () => {};
