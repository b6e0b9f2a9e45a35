import type { ProgressRecord } from '@slowthink/records';
import type { NewRecord, StoredRecord, TopicSpec, Transaction } from './broker.ts';
import type { LogSource } from './log-reader.ts';
import { missingTopics } from './topic-specs.ts';

interface WrittenRecord extends StoredRecord { readonly at: number } // ms since 1970

interface Partition {
  records: WrittenRecord[];
  start: number;
  end: number;
  readonly waiting: Set<() => void>;
}

/** What outlives a memory broker: topics, records, progress (as text, so that nobody shares an object with the log) and the epoch of each task. */
export class MemoryLog {
  readonly #topics = new Map<string, { readonly spec: TopicSpec; readonly partitions: readonly Partition[] }>();
  readonly #progress = new Map<string, string>();
  readonly #epochs = new Map<string, number>();
  readonly #holes: boolean;

  constructor(holes: boolean) { this.#holes = holes; }

  get topics(): readonly TopicSpec[] { return [...this.#topics.values()].map(({ spec }) => spec); }

  get progress(): readonly ProgressRecord[] { return [...this.#progress.values()].map((text) => JSON.parse(text) as ProgressRecord); }

  ensure(specs: readonly TopicSpec[]): void {
    for (const spec of missingTopics(this.topics, specs)) {
      const partitions = Array.from({ length: spec.partitions }, (): Partition => ({ records: [], start: 0, end: 0, waiting: new Set() }));
      this.#topics.set(spec.name, { spec: Object.freeze({ ...spec }), partitions });
    }
  }

  partitionsOf(topic: string): number | undefined { return this.#topics.get(topic)?.spec.partitions; }

  partition(topic: string, partition: number): Partition | undefined { return this.#topics.get(topic)?.partitions[partition]; }

  claim(task: string): { readonly epoch: number; readonly progress: ProgressRecord | undefined } {
    const epoch = (this.#epochs.get(task) ?? 0) + 1;
    this.#epochs.set(task, epoch);
    const text = this.#progress.get(task);
    return { epoch, progress: text === undefined ? undefined : JSON.parse(text) as ProgressRecord };
  }

  owns(task: string, epoch: number): boolean { return this.#epochs.get(task) === epoch; }

  /** All at once: nobody can look between two lines of it. With `holes`, each touched partition loses one offset behind the transaction, as to Kafka's markers. */
  append(task: string, transaction: Transaction, at: number): readonly number[] {
    const touched = new Set<Partition>();
    const offsets = transaction.outputs.map((output: NewRecord) => {
      const partition = this.partition(output.topic, output.partition)!;
      const offset = partition.end++;
      partition.records.push(Object.freeze({ topic: output.topic, partition: output.partition, offset, key: output.key, value: output.value, at }));
      touched.add(partition);
      return offset;
    });
    this.#progress.set(task, JSON.stringify(transaction.progress));
    if (this.#holes) for (const partition of touched) partition.end++;
    for (const { waiting } of touched) {
      const wakes = [...waiting];
      waiting.clear();
      for (const wake of wakes) wake();
    }
    return offsets;
  }

  /** Of the records below `offset` those that were written at `writtenBy` or before, and none behind one that was written later. */
  deleteBelow(partition: Partition, offset: number, writtenBy: number): void {
    const young = partition.records.find(({ at }) => at > writtenBy)?.offset ?? Infinity;
    partition.start = Math.max(partition.start, Math.min(offset, young, partition.end));
    partition.records = partition.records.slice(firstAt(partition.records, partition.start));
  }

  source(partition: Partition): LogSource {
    return {
      fetch(from, below, max) {
        const first = firstAt(partition.records, from);
        return partition.records.slice(first, Math.min(first + max, firstAt(partition.records, below))).map(({ at: _at, ...record }) => record);
      },
      end: () => partition.end,
      wait(wake) {
        partition.waiting.add(wake);
        return () => { partition.waiting.delete(wake); };
      },
    };
  }
}

/** Index of the first record whose offset is at least `offset`: binary search. */
function firstAt(records: readonly StoredRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset < offset) low = middle + 1; else high = middle;
  }
  return low;
}
