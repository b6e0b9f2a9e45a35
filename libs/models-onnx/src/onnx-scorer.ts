import type { StepScorer } from '@slowthink/models';
import type { Observer } from '@slowthink/stream';
import type { Dtype } from './dtypes.ts';
import { ModelWorker } from './model-worker.ts';
import { threadsDefault } from './onnx-policy.ts';

export interface OnnxScorerOptions {
  /** Model folder in transformers.js layout with a scorer.json: docs/model-folders.md. */
  readonly dir: string;
  /** Name of the model in records. Default: the folder's. */
  readonly model?: string;
  /** Default: fp32, or the only one there. */
  readonly dtype?: Dtype;
  /** Of onnxruntime. Default: the processors there are, 4 at most. */
  readonly threads?: number;
  readonly observer?: Observer;
}

/**
 * A step scorer inside this process, on onnxruntime, in a worker thread: one pass a trajectory, read where its row says (scorer.json): at the last token of the separator behind each step, or at a token that marks its end. A value does not depend on what else is asked.
 * The model is opened with the first call. Faults: MODEL_FOLDER_WRONG, _TOKENIZER_WRONG, _WEIGHTS_CORRUPT, _RUNTIME_MISSING, _REFUSED, _CONTEXT_EXCEEDED (a trajectory is never cut off); _SERVER_ERROR where the worker dies.
 */
export function onnxScorer(options: OnnxScorerOptions): StepScorer {
  const { dir, model, dtype, threads = threadsDefault(), observer } = options;
  const worker = new ModelWorker(
    { kind: 'scorer', options: { dir, threads, ...(model === undefined ? {} : { model }), ...(dtype === undefined ? {} : { dtype }) } },
    { name: model ?? dir, onOpened: (message) => observer?.({ kind: 'note', level: 'info', message }) },
  );
  return {
    describe: (signal) => worker.ask('describe', null, signal),
    score: (request, signal) => worker.ask('score', request, signal),
    close: () => worker.close(),
  };
}
