import type { Clock } from './clock.ts';

export interface VirtualClock extends Clock {
  /** Moves time on by `ms`, waking every sleeper at its own moment and letting what it started run before the next one wakes. */
  advance(ms: number): Promise<void>;
  /** Sleepers that wait now. */
  readonly sleeping: number;
}

const settle = async () => { for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve)); };

/** A clock for tests that stands still until it is advanced. Begins at 0. */
export function virtualClock(): VirtualClock {
  let now = 0;
  let sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    get sleeping() { return sleepers.length; },
    sleep: (ms, signal) => new Promise((resolve, reject) => {
      if (signal?.aborted) { reject(signal.reason); return; }
      const stop = () => { sleepers = sleepers.filter((other) => other !== sleeper); reject(signal!.reason); };
      const sleeper = { at: now + ms, wake: () => { signal?.removeEventListener('abort', stop); resolve(); } };
      signal?.addEventListener('abort', stop, { once: true });
      sleepers.push(sleeper);
    }),
    advance: async (ms) => {
      const until = now + ms;
      await settle();
      for (;;) {
        const due = sleepers.reduce<(typeof sleepers)[number] | undefined>((first, other) => (other.at <= until && (first === undefined || other.at < first.at) ? other : first), undefined);
        if (due === undefined) break;
        now = Math.max(now, due.at);
        sleepers = sleepers.filter((other) => other !== due);
        due.wake();
        await settle();
      }
      now = until;
    },
  };
}
