import type * as Onnxruntime from 'onnxruntime-node';
import { FaultError } from '@slowthink/faults';

export type Runtime = typeof Onnxruntime;

/** onnxruntime-node, loaded when a model is first opened. MODEL_RUNTIME_MISSING: the package is not installed or has no library for this system. */
export async function loadRuntime(): Promise<Runtime> {
  try { return await import('onnxruntime-node'); } catch (cause) {
    throw new FaultError('MODEL_RUNTIME_MISSING', `onnxruntime cannot be loaded on ${process.platform}-${process.arch}: ${(cause as Error).message.split('\n')[0]!}`, { cause });
  }
}
