import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { FaultError } from '@slowthink/faults';
import { closedBroker } from '@slowthink/broker';
import type { WriteAnswer, WriteRequest, WriterData, WriterMessage } from './requests.ts';

type Done = Extract<WriteAnswer, { outcome: 'done' }>;
export type Written = Done | Extract<WriteAnswer, { outcome: 'fenced' }>;

interface Pending {
  readonly resolve: (answer: Written) => void;
  readonly reject: (reason: unknown) => void;
}

/** The main thread's side of the writer: requests out, answers in, and a call of `grown` for each log that has new records, before the answers resolve. */
export class Writer {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #grown: (log: number) => void;
  readonly #exited: Promise<unknown>;
  #lastId = 0;
  #ended: Error | undefined;

  private constructor(data: WriterData, grown: (log: number) => void) {
    this.#grown = grown;
    this.#worker = new Worker(new URL('./writer.worker.ts', import.meta.url), { workerData: data });
    this.#exited = once(this.#worker, 'exit').catch(() => {});
    this.#worker.on('message', (message: WriterMessage) => this.#receive(message));
    this.#worker.on('error', (error) => this.#end(new Error(`the writer of ${data.path} died: ${(error as Error).message}`, { cause: error })));
    this.#worker.on('exit', () => this.#end(closedBroker()));
  }

  /** Starts the thread and opens the file. Faults: STORE_CORRUPT, DIR_VERSION, DISK_FULL, DISK_READ_ONLY, DISK_FAILED. */
  static async open(data: WriterData, grown: (log: number) => void): Promise<Writer> {
    const writer = new Writer(data, grown);
    await new Promise<Written>((resolve, reject) => writer.#pending.set(0, { resolve, reject }));
    return writer;
  }

  ask(request: WriteRequest): Promise<Written> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#pending.set(id, { resolve, reject });
      this.#worker.postMessage([id, request]);
    });
  }

  /** Ends the thread behind everything that was asked before. */
  async close(): Promise<void> {
    if (this.#ended === undefined) await this.ask({ kind: 'close' });
    await this.#exited;
  }

  #receive({ answers, grown }: WriterMessage): void {
    for (const log of grown) this.#grown(log);
    for (const [id, answer] of answers) {
      const pending = this.#pending.get(id)!;
      this.#pending.delete(id);
      if (answer.outcome === 'done' || answer.outcome === 'fenced') pending.resolve(answer);
      else if (answer.outcome === 'failed') pending.reject(answer.code === undefined ? new Error(answer.message) : new FaultError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint }));
    }
  }

  #end(reason: Error): void {
    this.#ended ??= reason;
    for (const { reject } of this.#pending.values()) reject(this.#ended);
    this.#pending.clear();
  }
}
