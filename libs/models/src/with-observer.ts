import type { Observer } from '@slowthink/stream';
import { systemClock, type Clock } from './clock.ts';
import type { Policy } from './policy.ts';

/** Tells the observer of every request that is sent: started, then answered (samples, tokens, ms) or failed (ms). A cancelled request counts as failed. */
export function withObserver(policy: Policy, observer: Observer, clock: Clock = systemClock): Policy {
  return {
    describe: (signal) => policy.describe(signal),
    close: () => policy.close(),
    sample: async (request, signal) => {
      const start = clock.now();
      observer({ kind: 'request', change: 'started', samples: request.n });
      try {
        const reply = await policy.sample(request, signal);
        observer({ kind: 'request', change: 'answered', samples: reply.usage.samples, promptTokens: reply.usage.promptTokens, completionTokens: reply.usage.completionTokens, ms: clock.now() - start });
        return reply;
      } catch (error) {
        observer({ kind: 'request', change: 'failed', samples: request.n, ms: clock.now() - start });
        throw error;
      }
    },
  };
}
