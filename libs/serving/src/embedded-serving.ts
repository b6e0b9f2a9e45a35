import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { Serving } from './serving.ts';

/** Inside this process: --policy gets the folder itself, and the embedded engine hashes its weights. SERVING_FAILED: it has no graph for the engine. */
export const embeddedServing = (name: string): Serving => ({
  name,
  weights: 'model',
  lasts: () => true,
  serve: async ({ name: model, model: folder }, signal) => {
    signal.throwIfAborted();
    const graph = join(resolve(folder), 'onnx/model.onnx');
    if (statSync(graph, { throwIfNoEntry: false })?.isFile() !== true) throw new FaultError('SERVING_FAILED', `${model} has no graph for the embedded engine: there is no file ${graph}.`, { hint: 'Train with export: onnx, or name a model server: --serving restart:… or lora:… (docs/serving.md).' });
    return `onnx:${resolve(folder)}`;
  },
  close: async () => {},
});
