import { FaultError, type FaultCode } from '@slowthink/faults';

/** An error on its way between threads: a FaultError would lose its class and fields in the copy. */
export interface FaultMessage {
  readonly code?: FaultCode; // absent: no fault of ours
  readonly message: string;
  readonly hint?: string;
  readonly stack?: string;
}

export function toFaultMessage(error: unknown): FaultMessage {
  if (error instanceof FaultError) return { code: error.code, message: error.message, hint: error.hint };
  if (error instanceof Error) return { message: error.message, ...(error.stack === undefined ? {} : { stack: error.stack }) };
  return { message: String(error) };
}

/** The fault again. What was none is MODEL_SERVER_ERROR of the model `name`. */
export function fromFaultMessage({ code, message, hint, stack }: FaultMessage, name: string): FaultError {
  if (code !== undefined) return new FaultError(code, message, hint === undefined ? {} : { hint });
  return new FaultError('MODEL_SERVER_ERROR', `The model ${name} failed: ${message}`, { hint: HINT, ...(stack === undefined ? {} : { cause: stack }) });
}

/** What to do when a model in this process fails: there is no server whose log could be read. */
export const HINT = 'It is opened again for the next request. If it fails again, lower models.kvMemory, or use a smaller model.';
