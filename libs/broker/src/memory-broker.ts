import type { Broker, Membership, PartitionRange, Position, Reader, ReadOptions, Receipt, Task, TopicSpec, Transaction } from './broker.ts';
import type { ProgressRecord } from '@slowthink/records';
import { checkTransaction, closedBroker, fencedTask } from './check-transaction.ts';
import { exclusiveMembership } from './exclusive-membership.ts';
import { openLogReader } from './log-reader.ts';
import { MemoryLog } from './memory-log.ts';
import { joinedPartitions, unknownTopic } from './topic-specs.ts';

export interface MemoryBrokerOptions {
  /** Each transaction takes one more offset in every partition it touches, as Kafka's markers do. Default false. */
  readonly holes?: boolean;
  /** The clock that says when a record was written. Default Date.now. */
  readonly now?: () => number;
  /** Called before a transaction is written; what it throws is the commit's error and nothing is written. A promise delays the commit. */
  readonly beforeCommit?: (transaction: Transaction) => Promise<void> | void;
  /** Called after a transaction was written; what it throws is the commit's error though everything is written: the answer that got lost. */
  readonly afterCommit?: (transaction: Transaction) => Promise<void> | void;
}

/** The port in memory, for tests and for a run that need not survive: same order, atomicity, fencing and waiting as the durable ones. Memory: all records. */
export class MemoryBroker implements Broker {
  readonly kind = 'memory';
  readonly exclusive: boolean;
  readonly #options: MemoryBrokerOptions;
  readonly #log: MemoryLog;
  readonly #now: () => number;
  readonly #readers = new Set<Reader>();
  readonly #memberships = new Set<Membership>();
  #closed = false;

  constructor(options: MemoryBrokerOptions = {}, log: MemoryLog = new MemoryLog(options.holes ?? false)) {
    this.#options = options;
    this.#log = log;
    this.#now = options.now ?? Date.now;
    this.exclusive = options.holes !== true; // with holes it stands in for a broker that others write to as well
  }

  /** Closes this broker and gives another one on the same records, as a restart does; `options` replace the hooks. */
  async reopen(options: Omit<MemoryBrokerOptions, 'holes'> = {}): Promise<MemoryBroker> {
    await this.close();
    return new MemoryBroker({ ...this.#options, ...options }, this.#log);
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#checkOpen();
    this.#log.ensure(specs);
  }

  async topics(): Promise<readonly TopicSpec[]> { return this.#log.topics; }

  async join(_stage: string, topics: readonly string[]): Promise<Membership> {
    this.#checkOpen();
    const membership = exclusiveMembership(joinedPartitions(topics, (topic) => this.#log.partitionsOf(topic)));
    this.#memberships.add(membership);
    return membership;
  }

  async claim(stage: string, partition: number): Promise<Task> {
    this.#checkOpen();
    const id = `${stage}/${partition}`;
    const { epoch, progress } = this.#log.claim(id);
    const readers: Reader[] = [];
    let released = false;
    let turn: Promise<unknown> = Promise.resolve();
    const write = async (transaction: Transaction): Promise<Receipt> => {
      await this.#options.beforeCommit?.(transaction);
      this.#checkOpen();
      if (released || !this.#log.owns(id, epoch)) throw fencedTask(stage, partition);
      const offsets = this.#log.append(id, transaction, this.#now());
      await this.#options.afterCommit?.(transaction);
      return { offsets };
    };
    return {
      stage,
      partition,
      progress,
      read: (topic, from, options) => {
        const reader = this.read(topic, partition, from, options);
        readers.push(reader);
        return reader;
      },
      commit: async (transaction) => {
        checkTransaction(stage, partition, transaction, (topic) => this.#log.partitionsOf(topic));
        const written = turn.then(() => write(transaction));
        turn = written.catch(() => {});
        return written;
      },
      release: async () => {
        await turn;
        released = true;
        for (const reader of readers) reader.close();
      },
    };
  }

  read(topic: string, partition: number, from: Position, options: ReadOptions = {}): Reader {
    this.#checkOpen();
    const reader = openLogReader(this.#log.source(this.#partition(topic, partition)), from, options, () => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }

  async ranges(topic: string): Promise<readonly PartitionRange[]> {
    const count = this.#log.partitionsOf(topic);
    if (count === undefined) throw unknownTopic(topic);
    return Array.from({ length: count }, (_, partition) => {
      const { start, end } = this.#partition(topic, partition);
      return { partition, start, end };
    });
  }

  async progress(): Promise<readonly ProgressRecord[]> { return this.#log.progress; }

  async deleteBelow(topic: string, partition: number, offset: number, olderThanMs = 0): Promise<void> {
    this.#checkOpen();
    this.#log.deleteBelow(this.#partition(topic, partition), offset, olderThanMs === 0 ? Infinity : this.#now() - olderThanMs);
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const reader of this.#readers) reader.close();
    for (const membership of this.#memberships) await membership.leave();
  }

  #partition(topic: string, partition: number) {
    const found = this.#log.partition(topic, partition);
    if (found === undefined) throw unknownTopic(topic, partition);
    return found;
  }

  #checkOpen(): void { if (this.#closed) throw closedBroker(); }
}
