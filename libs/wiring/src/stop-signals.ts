import { exitCodes } from './exit-codes.ts';
import type { Watch } from './watch-run.ts';

export interface StopSignals {
  /** Aborted by the first signal: whoever works drains, or ends with the signal's reason where there is nothing to drain yet. */
  readonly asked: AbortSignal;
  /** Takes the listeners away again. */
  release(): void;
}

/** Listens to SIGINT and SIGTERM from the beginning of a command. The first asks it to stop without loss; a second ends the process at once with exit code 130. */
export function stopSignals(watch: Pick<Watch, 'log' | 'stop'>): StopSignals {
  const asked = new AbortController();
  const listener = (signal: NodeJS.Signals): void => {
    if (asked.signal.aborted) {
      watch.stop();
      process.stderr.write(`Stopped at once by a second ${signal}. What was not committed will be asked again.\n`);
      process.exit(exitCodes.stopped);
    }
    watch.log(`${signal}: draining. Calls in flight are finished and committed; a second ${signal === 'SIGINT' ? 'Ctrl-C' : signal} stops at once. The same command goes on later.`);
    asked.abort(new Error(`stopped by ${signal}`));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  return { asked: asked.signal, release: () => { for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, listener); } };
}
