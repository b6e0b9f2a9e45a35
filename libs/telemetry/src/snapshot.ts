/** Inputs of a stage by how they ended. */
export interface StageCounts { readonly ok: number; readonly failed: number; readonly dropped: number }

/** Why the stream stands still, and until when. */
export interface Pause {
  readonly code: string;
  readonly message: string;
  readonly forMs: number; // since the first notice of this pause
  readonly retryInMs: number; // counts down, 0 ..
}

/** Where a run stands at one moment: totals since the process began, rates over about the last ten seconds. */
export interface Snapshot {
  readonly elapsedMs: number;
  readonly imported: number; // questions
  readonly questions: { readonly total: number | null; readonly done: number }; // done: closed, failed or dropped; total: null until it is known
  readonly stages: { readonly [stage: string]: StageCounts };
  readonly trees: { readonly opened: number; readonly open: number; readonly closed: number; readonly failed: number };
  readonly requests: { readonly inFlight: number; readonly inFlightMax: number | null; readonly answered: number; readonly retried: number; readonly failed: number; readonly perSecond: number };
  readonly samples: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly cost: number | null; // of these tokens; null: no price is known
  /** Answers judged by a program or a chat model, answers whose verdict was known from another, and the judge's own tokens: none of them is among the policy's. */
  readonly graded: { readonly judged: number; readonly cached: number; readonly failed: number; readonly promptTokens: number; readonly completionTokens: number };
  readonly tokensPerSecond: number; // completion tokens
  readonly faults: { readonly [code: string]: number };
  readonly paused: Pause | null;
  readonly rows: { readonly [table: string]: number };
  readonly etaMs: number | null; // null: not enough seen yet, or the total is not known
  readonly rssBytes: number;
}
