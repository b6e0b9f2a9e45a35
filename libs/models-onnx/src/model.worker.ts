// The thread that holds a model: opens it, answers calls in any order, cancels them, ends when told.
import { parentPort, workerData } from 'node:worker_threads';
import { FaultError } from '@slowthink/faults';
import type { SampleRequest, ScoreRequest } from '@slowthink/models';
import { toFaultMessage } from './fault-message.ts';
import { loadRuntime } from './load-runtime.ts';
import { passThrough } from './native-gate.ts';
import type { CallKind, FromWorker, ModelWorkerData, ToWorker } from './worker-messages.ts';

const port = parentPort!;
const data = workerData as ModelWorkerData;
const tell = (message: FromWorker) => port.postMessage(message);

interface Model {
  readonly opened: string;
  answer(kind: CallKind, asked: unknown, signal: AbortSignal): Promise<unknown>;
}

/** Imports what loads onnxruntime only after `loadRuntime` has said that it can be loaded. */
async function open(): Promise<Model> {
  passThrough(await loadRuntime(), data.gate);
  if (data.kind === 'policy') {
    const model = await (await import('./policy-model.ts')).openPolicyModel(data.options);
    return { opened: model.opened, answer: async (kind, asked, signal) => {
      if (kind === 'describe') return model.description;
      if (kind === 'sample') return model.sample(asked as SampleRequest, signal);
      if (kind === 'stats') return model.stats();
      throw new FaultError('MODEL_REFUSED', `A policy has no answer to "${kind}".`);
    } };
  }
  const model = await (await import('./scorer-model.ts')).openScorerModel(data.options);
  return { opened: model.opened, answer: async (kind, asked, signal) => {
    if (kind === 'describe') return model.description;
    if (kind === 'score') return model.score(asked as ScoreRequest, signal);
    throw new FaultError('MODEL_REFUSED', `A step scorer has no answer to "${kind}".`);
  } };
}

const calls = new Map<number, AbortController>();
const model = open();

async function answer(call: number, kind: CallKind, asked: unknown): Promise<void> {
  const controller = new AbortController();
  calls.set(call, controller);
  try {
    const value = await (await model).answer(kind, asked, controller.signal);
    if (!controller.signal.aborted) tell({ call, answer: value });
  } catch (error) {
    if (!controller.signal.aborted) tell({ call, fault: toFaultMessage(error) });
  } finally { calls.delete(call); }
}

port.on('message', (message: ToWorker) => {
  if ('cancel' in message) calls.get(message.cancel)?.abort();
  else if ('close' in message) process.exit(); // here no call of onnxruntime is under way: the thread ends cleanly, also while the model is being opened
  else void answer(message.call, message.kind, message.asked);
});
model.then(({ opened }) => tell({ opened }), (error: unknown) => { tell({ failed: toFaultMessage(error) }); port.close(); });
