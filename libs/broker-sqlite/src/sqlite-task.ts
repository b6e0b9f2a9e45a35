import { checkTransaction, fencedTask, type Position, type Reader, type ReadOptions, type Receipt, type Task, type Transaction } from '@slowthink/broker';
import type { ProgressRecord } from '@slowthink/records';
import type { Writer } from './writer.ts';

export interface TaskClaim {
  readonly stage: string;
  readonly partition: number;
  readonly epoch: number;
  readonly progress: ProgressRecord | undefined;
}

/** A claimed stage and partition. Commits leave in the order they are asked for; the writer takes those of all tasks that wait into one SQLite transaction. */
export class SqliteTask implements Task {
  readonly stage: string;
  readonly partition: number;
  readonly progress: ProgressRecord | undefined;
  readonly #epoch: number;
  readonly #writer: Writer;
  readonly #open: (topic: string, from: Position, options: ReadOptions | undefined) => Reader;
  readonly #partitionsOf: (topic: string) => number | undefined;
  readonly #readers: Reader[] = [];
  #last: Promise<unknown> = Promise.resolve();
  #released = false;

  constructor(claim: TaskClaim, writer: Writer, open: (topic: string, from: Position, options: ReadOptions | undefined) => Reader, partitionsOf: (topic: string) => number | undefined) {
    this.stage = claim.stage;
    this.partition = claim.partition;
    this.progress = claim.progress;
    this.#epoch = claim.epoch;
    this.#writer = writer;
    this.#open = open;
    this.#partitionsOf = partitionsOf;
  }

  read(topic: string, from: Position, options?: ReadOptions): Reader {
    const reader = this.#open(topic, from, options);
    this.#readers.push(reader);
    return reader;
  }

  async commit(transaction: Transaction): Promise<Receipt> {
    checkTransaction(this.stage, this.partition, transaction, this.#partitionsOf);
    if (this.#released) throw fencedTask(this.stage, this.partition);
    const outputs = transaction.outputs.map(({ topic, partition, key, value }) => ({ topic, partition, key, value }));
    const asked = this.#writer.ask({ kind: 'commit', stage: this.stage, partition: this.partition, epoch: this.#epoch, outputs, progress: JSON.stringify(transaction.progress) });
    this.#last = asked.catch(() => {});
    const answer = await asked;
    if (answer.outcome === 'fenced') throw fencedTask(this.stage, this.partition);
    return { offsets: answer.offsets! };
  }

  async release(): Promise<void> {
    this.#released = true;
    for (const reader of this.#readers) reader.close();
    await this.#last;
  }
}
