import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { FaultError } from '@slowthink/faults';
import { fromFaultMessage, HINT } from './fault-message.ts';
import { closeGate, newGate } from './native-gate.ts';
import type { CallKind, FromWorker, ModelCalls, ModelToOpen, ToWorker } from './worker-messages.ts';

interface Pending {
  readonly resolve: (answer: never) => void;
  readonly reject: (reason: unknown) => void;
}

interface Thread {
  readonly worker: Worker;
  readonly pending: Map<number, Pending>;
}

const CLOSE_MS = 30_000; // for the worker to end by itself, between two passes; terminated within one, onnxruntime would take the whole process down

export interface ModelWorkerOptions {
  /** As faults name the model. */
  readonly name: string;
  /** Hears one sentence each time the model has been opened. */
  readonly onOpened?: (message: string) => void;
  readonly entry?: URL; // default: the worker of this package
  /** How long `close` waits for a pass to end. Default 30,000 ms. */
  readonly closeMs?: number;
}

/**
 * A model in a worker thread: this thread keeps answering while the model computes. Opened with the first call; calls made meanwhile share that opening, and a failed opening fails them and is tried again with the next.
 * A worker that dies rejects its calls with MODEL_SERVER_ERROR; the next call opens a new one. Without calls in flight it does not keep the process alive.
 */
export class ModelWorker {
  readonly #data: ModelToOpen;
  readonly #options: ModelWorkerOptions;
  #thread: Thread | undefined;
  #calls = 0;
  #closed = false;

  constructor(data: ModelToOpen, options: ModelWorkerOptions) {
    this.#data = data;
    this.#options = options;
  }

  /** Rejects with the signal's reason, at once; the worker then stops computing for the call. */
  ask<Kind extends CallKind>(kind: Kind, asked: ModelCalls[Kind]['asked'], signal?: AbortSignal): Promise<ModelCalls[Kind]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw this.#fault('is closed');
      signal?.throwIfAborted();
      const { worker, pending } = this.#thread ??= this.#open();
      const call = ++this.#calls;
      const settle = () => { pending.delete(call); signal?.removeEventListener('abort', cancel); if (pending.size === 0) worker.unref(); };
      const cancel = () => { settle(); tell(worker, { cancel: call }); reject(signal!.reason); };
      if (pending.size === 0) worker.ref();
      pending.set(call, { resolve: (answer) => { settle(); resolve(answer); }, reject: (reason) => { settle(); reject(reason); } });
      signal?.addEventListener('abort', cancel, { once: true });
      tell(worker, { call, kind, asked });
    });
  }

  /** Rejects calls in flight and ends the thread, after the pass that it is in. */
  async close(): Promise<void> {
    this.#closed = true;
    const thread = this.#thread;
    if (thread === undefined) return;
    this.#drop(thread, this.#fault('was closed'));
    const exited = once(thread.worker, 'exit').catch(() => {}), late = new AbortController();
    const within = (ended: Promise<unknown>) => Promise.race([ended, sleep(this.#options.closeMs ?? CLOSE_MS, undefined, { signal: late.signal }).catch(() => {})]);
    thread.worker.ref();
    tell(thread.worker, { close: true });
    await within(exited);
    await within(thread.worker.terminate());
    late.abort();
    thread.worker.unref();
  }

  #open(): Thread {
    const gate = newGate();
    const worker = new Worker(this.#options.entry ?? new URL('./model.worker.ts', import.meta.url), { workerData: { ...this.#data, gate }, name: 'slowthink model' });
    const atExit = () => closeGate(gate, CLOSE_MS);
    process.once('exit', atExit);
    worker.once('exit', () => process.off('exit', atExit));
    const thread: Thread = { worker, pending: new Map() };
    worker.on('message', (message: FromWorker) => this.#receive(thread, message));
    worker.on('error', (error: Error) => this.#drop(thread, this.#fault(`died: ${error.message}`, error)));
    worker.on('exit', (code) => this.#drop(thread, this.#fault(`ended without an answer (exit ${code})`)));
    return thread;
  }

  #receive(thread: Thread, message: FromWorker): void {
    if ('opened' in message) this.#options.onOpened?.(message.opened);
    else if ('failed' in message) this.#drop(thread, fromFaultMessage(message.failed, this.#options.name));
    else if ('fault' in message) thread.pending.get(message.call)?.reject(fromFaultMessage(message.fault, this.#options.name));
    else thread.pending.get(message.call)?.resolve(message.answer as never);
  }

  /** Forgets a thread; the calls that still wait for it fail. */
  #drop(thread: Thread, reason: FaultError): void {
    if (this.#thread === thread) this.#thread = undefined;
    for (const { reject } of thread.pending.values()) reject(reason);
  }

  #fault(what: string, cause?: unknown): FaultError {
    return new FaultError('MODEL_SERVER_ERROR', `The model ${this.#options.name} ${what}.`, { ...(this.#closed ? { hint: 'Open it again.' } : { hint: HINT }), cause });
  }
}

const tell = (worker: Worker, message: ToWorker): void => worker.postMessage(message);
