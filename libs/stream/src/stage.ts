// A stage is a value: what it reads, what it writes, and one function from deliveries to emissions.
import type { Topic, StreamRecord } from '@slowthink/records';
import type { Observable } from 'rxjs';
import type { Credits } from './credits.ts';
import type { Observer } from './observer.ts';

/** One record as a stage gets it, validated. */
export interface Delivery<Value extends StreamRecord = StreamRecord> {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: string;
  readonly value: Value;
}

export interface Output {
  readonly topic: Topic;
  readonly key: string;
  readonly value: StreamRecord;
}

/** How one input ended. `opened`: a question whose tree now exists; `folded`: an event taken into its tree; `skipped`: not this stage's work; `ended`: an end record. */
export type Verdict = 'ok' | 'failed' | 'dropped' | 'opened' | 'folded' | 'skipped' | 'ended';

export interface Settlement {
  readonly delivery: Delivery;
  readonly verdict: Verdict;
}

/** What belongs into one transaction: outputs, and the inputs that are thereby done with. */
export interface Emission {
  readonly outputs: readonly Output[];
  readonly settled: readonly Settlement[];
  /** Verdicts on trees that closed; each takes one from `open`. */
  readonly closed?: readonly ('ok' | 'failed')[];
  /** Called with the offsets of the outputs once they are committed. */
  readonly committed?: (offsets: readonly number[]) => void;
}

/** What the runtime gives an operator beside its input: one partition's view of the process. */
export interface StageContext {
  readonly partition: number;
  readonly observer: Observer;
  /** What the stage's `survey` saw before the partition was claimed. */
  readonly surveyed: unknown;
  /** Credits by name, shared by all partitions of the stage. */
  readonly credits: { readonly [name: string]: Credits };
  /** Deliveries of `restores` topics since the restore point; empty for a stage without state. */
  readonly restored: AsyncIterable<Delivery>;
  /** Next offset to be read of a topic, for restore points. */
  position(topic: Topic): number;
  /** First offsets that open state needed at the claim, by topic name: `restored` begins there. */
  readonly restoredFrom: { readonly [topic: string]: number };
  /** Aborted when no new work may be begun; calls in flight go on. */
  readonly draining: AbortSignal;
  /** Resolves while few enough records wait for a commit; whoever begins new calls waits here, or a slow disk would fill the memory. */
  room(signal: AbortSignal): Promise<void>;
  /** Sets who says, at each commit, which offsets of the `restores` topics open state still needs. */
  restoreFrom(ask: () => { readonly [topic: string]: number }): void;
}

export interface Stage<Deps = unknown> {
  readonly name: string;
  readonly reads: readonly Topic[];
  readonly writes: readonly Topic[];
  /** Topics that get an `end` when the stage has finished a batch. */
  readonly endsTo: readonly Topic[];
  /** runtime: forwards an end when everything before it is settled. operator: the stage does it itself. */
  readonly ends: 'runtime' | 'operator';
  /** Which credit a topic's records take at the gate; a topic that is not named takes none. The operator gives it back. */
  readonly gates: { readonly [topic: string]: string };
  /** Topics folded again after a restart, from the restore point on. */
  readonly restores: readonly Topic[];
  /** Looks at the world outside the log before a partition is claimed: what it sees was left by earlier owners, whom the claim fences, and by nobody who may still commit it. */
  readonly survey?: (deps: Deps, partition: number) => Promise<unknown>;
  /** One sentence an arrow for the documents, by topic name. */
  readonly arrows: { readonly [topic: string]: string };
  readonly operator: (deps: Deps, context: StageContext) => (delivery$: Observable<Delivery>) => Observable<Emission>;
}

export type StageDefinition<Deps> = Omit<Stage<Deps>, 'endsTo' | 'ends' | 'gates' | 'restores'> & Partial<Pick<Stage<Deps>, 'endsTo' | 'ends' | 'gates' | 'restores'>>;

/** Fills in the defaults: no state, no gate, ends forwarded by the runtime to nothing. */
export function defineStage<Deps>(definition: StageDefinition<Deps>): Stage<Deps> {
  return Object.freeze({ endsTo: [], ends: 'runtime', gates: {}, restores: [], ...definition });
}
