import { FaultError } from '@slowthink/faults';
import type { Observer } from '@slowthink/stream';
import type { Policy } from './policy.ts';

export interface AdaptiveLimitOptions {
  /** Requests in flight at most; the limit starts here, so that a server that keeps up is never throttled. */
  readonly max: number;
  /** Default 1. */
  readonly min?: number;
  readonly observer?: Observer;
}

/**
 * Additive increase, multiplicative decrease (as TCP Reno): each answer adds 1 / limit, an overload or a time-out halves the limit. Only requests
 * sent after the last decrease can cause the next, so that one refused burst halves once. First come, first served. Waiting requests are held in memory: bound them outside.
 */
export function withAdaptiveLimit(policy: Policy, options: AdaptiveLimitOptions): Policy {
  const { max, min = 1, observer } = options;
  if (!Number.isInteger(max) || max < 1) throw new RangeError(`adaptive limit: max is ${max}, not a whole number above 0`);
  let limit = max, told = max, inFlight = 0, epoch = 0, head = 0;
  let waiting: (() => boolean)[] = [];

  const move = (to: number) => {
    limit = Math.max(min, Math.min(max, to));
    if (Math.floor(limit) !== told) { told = Math.floor(limit); observer?.({ kind: 'limit', inFlightMax: told }); }
  };
  const admit = () => {
    while (head < waiting.length && inFlight < Math.floor(limit)) if (waiting[head++]!()) inFlight++;
    if (head > 1024 || head === waiting.length) { waiting = waiting.slice(head); head = 0; }
  };
  const enter = (signal?: AbortSignal) => new Promise<void>((resolve, reject) => {
    let gone = false;
    const stop = () => { gone = true; reject(signal!.reason); };
    waiting.push(() => { if (gone) return false; signal?.removeEventListener('abort', stop); resolve(); return true; });
    signal?.addEventListener('abort', stop, { once: true });
  });

  return {
    describe: (signal) => policy.describe(signal),
    close: () => policy.close(),
    sample: async (request, signal) => {
      signal?.throwIfAborted();
      if (inFlight < Math.floor(limit) && waiting.length === 0) inFlight++;
      else await enter(signal);
      const sentIn = epoch;
      try {
        const reply = await policy.sample(request, signal);
        if (limit < max) move(limit + 1 / limit);
        return reply;
      } catch (error) {
        if (sentIn === epoch && error instanceof FaultError && (error.code === 'MODEL_OVERLOADED' || error.code === 'MODEL_TIMEOUT')) { epoch++; move(limit / 2); }
        throw error;
      } finally { inFlight--; admit(); }
    },
  };
}
