import {
  closedBroker, exclusiveMembership, joinedPartitions, openLogReader,
  type Broker, type Membership, type PartitionRange, type Position, type Reader, type ReadOptions, type Task, type TopicSpec,
} from '@slowthink/broker';
import type { ProgressRecord } from '@slowthink/records';
import type { LogView } from './log-view.ts';
import { SqliteTask } from './sqlite-task.ts';
import type { Writer, Written } from './writer.ts';

/** What a broker is made of; `writer` is absent beside a run (mode read). */
export interface BrokerParts {
  readonly view: LogView;
  readonly writer: Writer | undefined;
  readonly wait: (log: number, wake: () => void) => () => void;
  /** Called last at closing: gives the folder back. */
  readonly release: () => void;
}

/** The port over one SQLite file. Reads run on this thread in batches bounded by prefetchMax and 8 MB, writes in the writer's thread. */
export class SqliteBroker implements Broker {
  readonly kind = 'sqlite';
  readonly exclusive = true;
  readonly #parts: BrokerParts;
  readonly #readers = new Set<Reader>();
  readonly #memberships = new Set<Membership>();
  #closing: Promise<void> | undefined;

  constructor(parts: BrokerParts) { this.#parts = parts; }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    await this.#write().ask({ kind: 'ensure', specs: specs.map(({ name, partitions, retention }) => ({ name, partitions, retention })) });
  }

  async topics(): Promise<readonly TopicSpec[]> { return this.#view().topics(); }

  async join(_stage: string, topics: readonly string[]): Promise<Membership> {
    const membership = exclusiveMembership(joinedPartitions(topics, (topic) => this.#view().partitionsOf(topic)));
    this.#memberships.add(membership);
    return membership;
  }

  async claim(stage: string, partition: number): Promise<Task> {
    const writer = this.#write();
    const { epoch, progress } = await writer.ask({ kind: 'claim', stage, partition }) as Extract<Written, { outcome: 'done' }>;
    return new SqliteTask(
      { stage, partition, epoch: epoch!, progress: progress === undefined ? undefined : JSON.parse(progress) as ProgressRecord },
      writer, (topic, from, options) => this.read(topic, partition, from, options), (topic) => this.#view().partitionsOf(topic),
    );
  }

  read(topic: string, partition: number, from: Position, options: ReadOptions = {}): Reader {
    const source = this.#view().source(topic, partition, this.#parts.wait);
    const reader = openLogReader(source, from, options, () => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }

  async ranges(topic: string): Promise<readonly PartitionRange[]> { return this.#view().ranges(topic); }

  async progress(): Promise<readonly ProgressRecord[]> { return this.#view().progress(); }

  async deleteBelow(topic: string, partition: number, offset: number, olderThanMs = 0): Promise<void> {
    await this.#write().ask({ kind: 'delete', log: this.#view().logOf(topic, partition), below: offset, olderThanMs });
  }

  /** Waits for the commits that were asked for, then closes the file and gives the folder back. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    for (const reader of this.#readers) reader.close();
    for (const membership of this.#memberships) await membership.leave();
    try {
      this.#parts.view.close();
      await this.#parts.writer?.close();
    } finally { this.#parts.release(); }
  }

  #view(): LogView {
    if (this.#closing !== undefined) throw closedBroker();
    return this.#parts.view;
  }

  #write(): Writer {
    if (this.#closing !== undefined) throw closedBroker();
    if (this.#parts.writer === undefined) throw new Error('the broker was opened for reading');
    return this.#parts.writer;
  }
}
