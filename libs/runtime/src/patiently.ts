import { setTimeout } from 'node:timers/promises';
import { FaultError } from '@slowthink/faults';
import type { Observer } from '@slowthink/stream';

export interface PatienceOptions {
  readonly observer: Observer;
  readonly giveUpMs: number;
  /** Aborted: the waiting ends with the last fault. */
  readonly signal?: AbortSignal | undefined;
}

/** Repeats a storage call that failed for want of room (DISK_FULL), from 1 s to 30 s apart, and says so; any other error is thrown at once. */
export async function patiently<Value>(call: () => Promise<Value>, { observer, giveUpMs, signal }: PatienceOptions): Promise<Value> {
  const start = performance.now();
  for (let waitMs = 1000, tries = 0; ; waitMs = Math.min(waitMs * 2, 30_000), tries++) {
    try {
      const value = await call();
      if (tries > 0) observer({ kind: 'resumed', of: 'log', afterMs: performance.now() - start });
      return value;
    } catch (error) {
      if (!(error instanceof FaultError) || error.code !== 'DISK_FULL' || performance.now() - start >= giveUpMs || signal?.aborted) throw error;
      observer({ kind: 'paused', of: 'log', code: error.code, message: `${error.message} ${error.hint}`, retryInMs: waitMs });
      await setTimeout(waitMs, undefined, signal ? { signal } : {}).catch(() => { throw error; });
    }
  }
}
