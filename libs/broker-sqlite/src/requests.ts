// What the broker asks of the writer and what it is told: plain values that cross the thread.
import type { FaultCode } from '@slowthink/faults';
import type { NewRecord, TopicSpec } from '@slowthink/broker';
import type { Durability } from './format.ts';

export type WriteRequest =
  | { readonly kind: 'ensure'; readonly specs: readonly TopicSpec[] }
  | { readonly kind: 'claim'; readonly stage: string; readonly partition: number }
  | { readonly kind: 'commit'; readonly stage: string; readonly partition: number; readonly epoch: number; readonly outputs: readonly NewRecord[]; readonly progress: string }
  | { readonly kind: 'delete'; readonly log: number; readonly below: number; readonly olderThanMs?: number }
  | { readonly kind: 'close' };

/** done: the answer's fields by kind of request. again: a part is done, `rest` stands in a later group. */
export type WriteAnswer =
  | { readonly outcome: 'done'; readonly epoch?: number; readonly progress?: string | undefined; readonly offsets?: readonly number[] }
  | { readonly outcome: 'again'; readonly rest: WriteRequest }
  | { readonly outcome: 'fenced' }
  | { readonly outcome: 'failed'; readonly code: FaultCode | undefined; readonly message: string; readonly hint?: string };

export interface WriterMessage {
  readonly answers: readonly (readonly [id: number, answer: WriteAnswer])[];
  /** Logs that grew: `log` numbers. */
  readonly grown: readonly number[];
}

export interface WriterData {
  readonly path: string;
  readonly durability: Durability;
}
