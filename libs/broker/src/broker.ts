// The port every log stands behind: Kafka's model (topics, partitions, transactions, fencing) and nothing that Kafka lacks.
import type { ProgressRecord } from '@slowthink/records';

export interface TopicSpec {
  readonly name: string;
  readonly partitions: number;
  readonly retention: 'forever' | 'open-trees' | 'compacted';
}

export interface StoredRecord {
  readonly topic: string;
  readonly partition: number;
  /** Ascending inside a partition, with holes allowed (transaction markers). */
  readonly offset: number;
  readonly key: string;
  readonly value: string;
}

export interface NewRecord {
  readonly topic: string;
  readonly partition: number;
  readonly key: string;
  readonly value: string;
}

/** Where to read: every offset from `next` on, and before them those in `unsettled`. */
export interface Position {
  readonly next: number;
  readonly unsettled: readonly number[];
}

/** Pulls committed records of one partition in offset order. Holds at most `prefetchMax` records. */
export interface Reader {
  /** Resolves true when `take` would give at least one record; false when the reader is closed or has reached `until`. */
  ready(): Promise<boolean>;
  /** Whether it has looked at the end and found nothing more: everything committed by then was given out. */
  readonly atEnd: boolean;
  /** Up to `max` records that are there now; never waits. */
  take(max: number): readonly StoredRecord[];
  close(): void;
}

export interface ReadOptions {
  /** Exclusive: the reader ends before this offset. Without it, it waits for more for ever. */
  readonly until?: number;
  /** Records held at most. Default 500. */
  readonly prefetchMax?: number;
}

/** All or nothing: outputs become visible together with the progress, or not at all. */
export interface Transaction {
  readonly outputs: readonly NewRecord[];
  readonly progress: ProgressRecord;
}

export interface Receipt {
  /** Offset of each output, in the order given. */
  readonly offsets: readonly number[];
}

/** One stage and partition, claimed. A later claim of the same pair fences this one: its commits fail with TASK_FENCED. */
export interface Task {
  readonly stage: string;
  readonly partition: number;
  /** As of the claim; undefined when nothing was ever committed. */
  readonly progress: ProgressRecord | undefined;
  /** The topic's partition of the task's own number. */
  read(topic: string, from: Position, options?: ReadOptions): Reader;
  /** One at a time: the next commit starts when this one has resolved. Faults: TASK_FENCED, DISK_FULL, DISK_READ_ONLY, STORE_CORRUPT. */
  commit(transaction: Transaction): Promise<Receipt>;
  release(): Promise<void>;
}

export interface Assignment {
  readonly gained: readonly number[];
  readonly lost: readonly number[];
}

export interface Membership {
  /** First value: the partitions this member owns now; then each change. Ends after `leave`. */
  readonly assignments: AsyncIterable<Assignment>;
  leave(): Promise<void>;
}

export interface PartitionRange {
  readonly partition: number;
  /** First offset that still exists. */
  readonly start: number;
  /** Offset the next record will get. */
  readonly end: number;
}

export interface Broker {
  readonly kind: 'memory' | 'sqlite' | 'kafka';
  /** No second writer can exist: a single stage may end when its input is settled. */
  readonly exclusive: boolean;
  /** Makes what is missing; an existing topic with another partition count is an error that names both. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  topics(): Promise<readonly TopicSpec[]>;
  join(stage: string, topics: readonly string[]): Promise<Membership>;
  /** `signal` aborted: nobody wants the task any more; a claim that has not come about is given up (rejects). */
  claim(stage: string, partition: number, signal?: AbortSignal): Promise<Task>;
  /** Reads beside the stages: claims nothing, moves nothing. */
  read(topic: string, partition: number, from: Position, options?: ReadOptions): Reader;
  ranges(topic: string): Promise<readonly PartitionRange[]>;
  progress(): Promise<readonly ProgressRecord[]>;
  /** Deletes the records of a partition below `offset`; with `olderThanMs` only those that were written at least that long ago (a lower bound of their age may be used: some may stay). */
  deleteBelow(topic: string, partition: number, offset: number, olderThanMs?: number): Promise<void>;
  close(): Promise<void>;
}
