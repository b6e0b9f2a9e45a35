import { availableParallelism } from 'node:os';
import type { Policy, PolicyDescription } from '@slowthink/models';
import type { Observer } from '@slowthink/stream';
import { checkRequest } from './check-request.ts';
import type { Dtype } from './dtypes.ts';
import type { EngineStats } from './engine-types.ts';
import { ModelWorker } from './model-worker.ts';

export interface OnnxPolicyOptions {
  /** Model folder in transformers.js layout: docs/model-folders.md. */
  readonly dir: string;
  /** Name of the model in records. Default: the folder's. */
  readonly model?: string;
  /** Default: fp32, or the only one there. */
  readonly dtype?: Dtype;
  /** Of onnxruntime. Default: the processors there are, 4 at most. */
  readonly threads?: number;
  /** Samples decoded at once. Default 64. */
  readonly rowsMax?: number;
  /** Keys and values held at once, of rows and of kept prefixes, in bytes. Default 1 GiB. */
  readonly kvBytesMax?: number;
  readonly observer?: Observer;
}

export interface OnnxPolicy extends Policy {
  /** What the decode loop did since the model was opened. Opens it where it is not open. */
  stats(): Promise<EngineStats>;
}

/**
 * A policy inside this process, on onnxruntime, in a worker thread. The tokens of a request depend on the request and the weights alone, not on what else is asked, and not on what was asked before.
 * The model is opened with the first call. Faults: MODEL_FOLDER_WRONG, _WEIGHTS_CORRUPT, _RUNTIME_MISSING, _MEMORY_SMALL, _REFUSED, _CONTEXT_EXCEEDED; _SERVER_ERROR where the worker dies.
 */
export function onnxPolicy(options: OnnxPolicyOptions): OnnxPolicy {
  const { dir, model, dtype, threads = threadsDefault(), rowsMax = 64, kvBytesMax = 2 ** 30, observer } = options;
  const worker = new ModelWorker(
    { kind: 'policy', options: { dir, threads, rowsMax, kvBytesMax, ...(model === undefined ? {} : { model }), ...(dtype === undefined ? {} : { dtype }) } },
    { name: model ?? dir, onOpened: (message) => observer?.({ kind: 'note', level: 'info', message }) },
  );
  return {
    describe: async (signal) => await worker.ask('describe', null, signal) as PolicyDescription,
    sample: async (request, signal) => {
      signal?.throwIfAborted();
      checkRequest(request);
      return worker.ask('sample', request, signal);
    },
    stats: () => worker.ask('stats', null),
    close: () => worker.close(),
  };
}

/** A small model gains nothing from more. */
export const threadsDefault = (): number => Math.min(availableParallelism(), 4);
