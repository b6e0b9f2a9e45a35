// One stage and partition on a Kafka: a transactional producer that owns the id of the task, claimed before its progress is read.
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { checkTransaction, fencedTask, type Position, type Reader, type ReadOptions, type Receipt, type Task, type Transaction } from '@slowthink/broker';
import { crossPoint, FaultError } from '@slowthink/faults';
import type { ProgressRecord } from '@slowthink/records';
import type { Observer } from '@slowthink/stream';
import type { TransactionalProducer } from './kafka-client.ts';
import { faultOfKafka, isFinal, isTooLarge } from './kafka-faults.ts';
import type { Standing } from './progress-log.ts';
import { sendClaim, sendTransaction } from './send-transaction.ts';

export interface TaskContext {
  readonly stage: string;
  readonly partition: number;
  /** A new producer that owns the task's transactional id: earlier ones are fenced, what they left open is aborted. */
  readonly produce: () => Promise<TransactionalProducer>;
  /** What is committed of the task; `decided`: what is open now is waited for. */
  readonly standing: (decided: boolean) => Promise<Standing>;
  readonly read: (topic: string, from: Position, options: ReadOptions | undefined) => Reader;
  readonly partitionsOf: (topic: string) => number | undefined;
  /** Name of a topic or group on the broker. */
  readonly nameOf: (name: string) => string;
  readonly observer: Observer;
  /** How long a broker that is away is waited for. */
  readonly giveUpMs: number;
  /** Aborted when the broker is closed: nothing is tried again. */
  readonly closing: AbortSignal;
}

interface Owed { readonly id: string; readonly progress: ProgressRecord }

const offsetsEveryMs = 1000; // nobody looks at lag more often
const offsetsWithinMs = 2000; // no drain takes longer for their sake

/**
 * Commits one transaction at a time: outputs, progress and, once a second and at the end, the group's offsets. When an answer is lost or the broker was away, `progress` tells what became of the transaction once its id is claimed anew:
 * it came about, or it did not and is sent again; where somebody else claimed the task it is TASK_FENCED. Nothing is lost or written twice, and the caller sees a slow commit.
 */
export class KafkaTask implements Task {
  readonly stage: string;
  readonly partition: number;
  readonly progress: ProgressRecord | undefined;
  readonly #context: TaskContext;
  readonly #claim: string;
  readonly #readers: Reader[] = [];
  readonly #released = new AbortController();
  #producer: TransactionalProducer | undefined;
  #count = 0;
  #confirmed = 0; // the last one of which the broker said that it is committed
  #turn: Promise<unknown> = Promise.resolve();
  #fenced = false;
  #offsetsSentAt = -Infinity;
  #owed: Owed | undefined; // committed, and its offsets not yet sent
  #owedTimer: NodeJS.Timeout | undefined;

  private constructor(context: TaskContext, claim: string, producer: TransactionalProducer, progress: ProgressRecord | undefined) {
    this.stage = context.stage;
    this.partition = context.partition;
    this.#context = context;
    this.#claim = claim;
    this.#producer = producer;
    this.progress = progress;
  }

  /** Faults: BROKER_UNREACHABLE after `giveUpMs`, BROKER_UNAUTHORIZED, BROKER_REFUSED. */
  static claim(context: TaskContext, signal?: AbortSignal): Promise<KafkaTask> {
    const claim = randomUUID();
    return withPatience(context, signal === undefined ? context.closing : AbortSignal.any([context.closing, signal]), 'could not be claimed', async () => {
      const producer = await context.produce();
      try {
        crossPoint('task.fenced', context.stage);
        await sendClaim(producer, { ...context, claim });
        crossPoint('task.written', context.stage);
        const { progress } = await context.standing(true);
        return new KafkaTask(context, claim, producer, progress);
      } catch (error) {
        void producer.disconnect().catch(() => {});
        throw error;
      }
    });
  }

  read(topic: string, from: Position, options?: ReadOptions): Reader {
    const reader = this.#context.read(topic, from, options);
    this.#readers.push(reader);
    return reader;
  }

  async commit(transaction: Transaction): Promise<Receipt> {
    checkTransaction(this.stage, this.partition, transaction, this.#context.partitionsOf);
    if (this.#released.signal.aborted) throw this.#fence();
    const written = this.#turn.then(() => this.#commit(transaction));
    this.#turn = written.catch(() => {});
    return written;
  }

  async release(): Promise<void> {
    for (const reader of this.#readers) reader.close();
    clearTimeout(this.#owedTimer);
    this.#released.abort(); // a commit that is being sent is waited for, but not tried again
    await this.#turn;
    await this.#payOffsets();
    await this.#producer?.disconnect().catch(() => {});
    this.#producer = undefined;
  }

  async #commit(transaction: Transaction): Promise<Receipt> {
    const { stage, partition, standing, produce, nameOf } = this.#context;
    if (this.#fenced) throw this.#fence();
    const given = AbortSignal.any([this.#released.signal, this.#context.closing]);
    const count = ++this.#count;
    const id = `${this.#claim}/${count}`;
    let offsets: readonly number[] = [];
    return withPatience(this.#context, given, 'could not be written', async (tries) => {
      try {
        if (tries > 0 || this.#producer === undefined) {
          if ((await orAborted(standing(false), given)).claim !== this.#claim) throw this.#fence(); // before the id is taken: its new owner is left alone
          this.#producer ??= await produce();
          const { claim, commit } = await orAborted(standing(true), given);
          if (claim !== this.#claim) throw this.#fence();
          const last = commit?.startsWith(`${this.#claim}/`) ? Number(commit.slice(this.#claim.length + 1)) : 0;
          if (last < this.#confirmed) throw lostCommit(stage, partition);
          if (commit === id) { this.#confirmed = count; return { offsets }; } // only its answer was lost
        }
        const withOffsets = performance.now() - this.#offsetsSentAt >= offsetsEveryMs;
        await sendTransaction(this.#producer ?? (this.#producer = await produce()), { ...this.#context, ...transaction, id, withOffsets }, (sent) => { offsets = sent; });
        this.#confirmed = count;
        this.#owe(withOffsets ? undefined : { id, progress: transaction.progress });
        return { offsets };
      } catch (error) {
        this.#discardProducer();
        throw isTooLarge(error) ? faultOfKafka(`${stage}/${partition} could not be written, its largest record being ${largestOf(transaction, nameOf)}`, error) : error;
      }
    });
  }

  #owe(owed: Owed | undefined): void {
    this.#owed = owed;
    if (owed === undefined) this.#offsetsSentAt = performance.now();
    else this.#owedTimer ??= setTimeout(() => { this.#owedTimer = undefined; this.#turn = this.#turn.then(() => this.#payOffsets()); }, offsetsEveryMs);
  }

  /** Offsets that no later commit took along go with the same progress once more, so that the lag of a stage that waits is shown as it is. Never fails: where the broker is away or the task was taken, the next commit finds out. */
  async #payOffsets(): Promise<void> {
    clearTimeout(this.#owedTimer);
    this.#owedTimer = undefined;
    if (this.#owed === undefined || this.#producer === undefined || this.#fenced) return;
    const given = new AbortController();
    try {
      const late = sleep(offsetsWithinMs, undefined, { signal: given.signal }).then(() => { throw new Error('late'); });
      await Promise.race([sendTransaction(this.#producer, { ...this.#context, ...this.#owed, outputs: [], withOffsets: true }, () => {}), late]);
      this.#owe(undefined);
    } catch { this.#discardProducer(); } finally { given.abort(); }
  }

  /** After an error a producer of kafkajs may be stuck in the middle of a state. */
  #discardProducer(): void {
    void this.#producer?.disconnect().catch(() => {});
    this.#producer = undefined;
  }

  #fence(): FaultError {
    this.#fenced = true;
    return fencedTask(this.stage, this.partition);
  }
}

/** What is in memory was built on it. */
const lostCommit = (stage: string, partition: number): FaultError => new FaultError('STORE_CORRUPT', `A commit of ${stage}/${partition} that the broker confirmed is no longer in its log.`, { hint: 'The disk of a single broker lost it, or somebody aborted its transaction. Stop every process of the run and start them again: they go on from what the log holds.' });

/** The broker does not say which record it refused for its size. */
function largestOf({ outputs }: Transaction, nameOf: (name: string) => string): string {
  const sizes = outputs.map(({ topic, key, value }) => ({ topic, key, bytes: Buffer.byteLength(value) }));
  const { topic, key, bytes } = sizes.reduce((largest, one) => (one.bytes > largest.bytes ? one : largest), { topic: 'progress', key: '', bytes: 0 });
  return `one of ${bytes} bytes of ${nameOf(topic)}, key ${key}`;
}

/** Calls again and again while the broker is away, and says so. */
async function withPatience<Value>({ stage, partition, observer, giveUpMs }: TaskContext, signal: AbortSignal, what: string, call: (tries: number) => Promise<Value>): Promise<Value> {
  const start = performance.now();
  for (let waitMs = 10, tries = 0; ; waitMs = Math.min(waitMs * 2, 5000), tries++) {
    try {
      const value = await call(tries);
      if (tries > toldFrom) observer({ kind: 'resumed', of: 'broker', afterMs: performance.now() - start });
      return value;
    } catch (error) {
      const fault = faultOfKafka(`${stage}/${partition} ${what}`, error);
      if (isFinal(error) || signal.aborted || performance.now() - start >= giveUpMs) throw fault;
      if (tries >= toldFrom) observer({ kind: 'paused', of: 'broker', code: fault.code, message: `${fault.message} ${fault.hint}`, retryInMs: waitMs });
      await sleep(waitMs, undefined, { signal }).catch(() => { throw fault; });
    }
  }
}

/** Rejects when nobody waits for the value any more: what is known of a task is asked with a patience of its own. */
function orAborted<Value>(asked: Promise<Value>, signal: AbortSignal): Promise<Value> {
  asked.catch(() => {});
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(new Error('released'));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void asked.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

const toldFrom = 5; // tries
