import { FaultError, type FaultCode } from '@slowthink/faults';
import type { Observer } from '@slowthink/stream';
import { systemClock, type Clock } from './clock.ts';
import type { Policy } from './policy.ts';

export interface RetryOptions {
  /** Attempts a request, the first included. Default 5. */
  readonly attemptsMax?: number;
  /** Wait before the second attempt; doubles each time. Default 500. */
  readonly backoffMs?: number;
  /** Default 8000. */
  readonly backoffMaxMs?: number;
  readonly clock?: Clock;
  readonly observer?: Observer;
}

/** Faults that a moment can mend. 401 and 404 need a person, 400 and 422 another request: neither is asked again here. */
const passing: ReadonlySet<FaultCode> = new Set<FaultCode>(['MODEL_OVERLOADED', 'MODEL_TIMEOUT', 'MODEL_SERVER_ERROR', 'MODEL_REPLY_INVALID', 'MODEL_UNREACHABLE']);

/** 0..1 from a text (FNV-1a, 32 bits): the jitter of a request is the same in every run. */
export function jitterOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 2 ** 32;
}

/**
 * Asks again after faults that pass, waiting backoffMs * 2^k * (0.5 .. 1, by the request's id), and never less than the server's Retry-After.
 * The last fault is thrown as it was, with one sentence an attempt in `attempts`.
 */
export function withRetry(policy: Policy, options: RetryOptions = {}): Policy {
  const { attemptsMax = 5, backoffMs = 500, backoffMaxMs = 8000, clock = systemClock, observer } = options;
  return {
    describe: (signal) => policy.describe(signal),
    close: () => policy.close(),
    sample: async (request, signal) => {
      const attempts: string[] = [];
      for (;;) {
        try { return await policy.sample(request, signal); } catch (error) {
          if (!(error instanceof FaultError) || !error.retry || !passing.has(error.code)) throw error;
          attempts.push(`${error.code} ${error.message}`);
          if (attempts.length >= attemptsMax) throw new FaultError(error.code, error.message, { hint: error.hint, cause: error, attempts, ...(error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs }) });
          observer?.({ kind: 'request', change: 'retried', samples: request.n });
          const backoff = Math.min(backoffMaxMs, backoffMs * 2 ** (attempts.length - 1)) * (0.5 + jitterOf(`${request.id}#${attempts.length}`) / 2);
          await clock.sleep(Math.max(backoff, error.retryAfterMs ?? 0), signal);
        }
      }
    },
  };
}
