// What goes between the host and the worker that holds a model.
import type { PolicyDescription, PolicyIdentity, SampleReply, SampleRequest, ScoreReply, ScoreRequest } from '@slowthink/models';
import type { EngineStats } from './engine-types.ts';
import type { FaultMessage } from './fault-message.ts';
import type { PolicyModelOptions } from './policy-model.ts';
import type { ScorerModelOptions } from './scorer-model.ts';

export type ModelToOpen = { readonly kind: 'policy'; readonly options: PolicyModelOptions } | { readonly kind: 'scorer'; readonly options: ScorerModelOptions };

/** `gate`: see native-gate.ts. */
export type ModelWorkerData = ModelToOpen & { readonly gate: SharedArrayBuffer };

/** Each kind of call: what is asked and what is answered. */
export interface ModelCalls {
  readonly describe: { readonly asked: null; readonly answer: PolicyDescription | PolicyIdentity };
  readonly sample: { readonly asked: SampleRequest; readonly answer: SampleReply };
  readonly score: { readonly asked: ScoreRequest; readonly answer: ScoreReply };
  readonly stats: { readonly asked: null; readonly answer: EngineStats };
}

export type CallKind = keyof ModelCalls;

export type ToWorker =
  | { readonly call: number; readonly kind: CallKind; readonly asked: unknown }
  | { readonly cancel: number }
  | { readonly close: true };

export type FromWorker =
  | { readonly opened: string }
  | { readonly failed: FaultMessage } // the model cannot be opened; the worker ends
  | { readonly call: number; readonly answer: unknown }
  | { readonly call: number; readonly fault: FaultMessage };
