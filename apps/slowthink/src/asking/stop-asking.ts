import { exitCodes } from '@slowthink/wiring';

export interface StopAsking {
  /** Aborted by the first signal: requests are cancelled, and the models closed. */
  readonly asked: AbortSignal;
  release(): void;
}

/** Listens to SIGINT and SIGTERM. Nothing is lost that could be drained, so the first cancels; a second ends the process at once with exit code 130. */
export function stopAsking(clear: () => void): StopAsking {
  const asked = new AbortController();
  const listener = (signal: NodeJS.Signals): void => {
    clear();
    if (asked.signal.aborted) process.exit(exitCodes.stopped);
    process.stderr.write(`${signal}: stopped before an answer was found.\n`);
    asked.abort(new Error(`stopped by ${signal}`));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  return { asked: asked.signal, release: () => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener); } };
}
