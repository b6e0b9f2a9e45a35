import { FaultError } from '@slowthink/faults';
import { orCancelled } from './or-cancelled.ts';
import type { Policy, PolicyIdentity } from './policy.ts';

export interface RevisionPinOptions {
  /** What the open trees began with. Default: what the server says first. */
  readonly expected?: PolicyIdentity;
  /** Requests between two looks at a server that never failed. Default 2000. */
  readonly everyRequests?: number;
}

/**
 * Looks at describe() before the first request, after any sign that the server was away (a fault of the environment other than overload and time-out), and every `everyRequests`.
 * Another model or revision rejects that request and all later ones with MODEL_REVISION_CHANGED. One look at a time; requests wait for it.
 */
export function withRevisionPin(policy: Policy, options: RevisionPinOptions = {}): Policy {
  const everyRequests = options.everyRequests ?? 2000;
  let pinned = options.expected, due = true, sinceLook = 0;
  let looking: Promise<void> | undefined;

  const look = async () => {
    const now = await policy.describe();
    pinned ??= { model: now.model, revision: now.revision };
    if (now.model !== pinned.model || now.revision !== pinned.revision) {
      throw new FaultError('MODEL_REVISION_CHANGED', `The server serves ${now.model} at revision ${now.revision}; this run began with ${pinned.model} at ${pinned.revision}.`);
    }
    due = false;
    sinceLook = 0;
  };
  const looked = (signal?: AbortSignal): Promise<void> => {
    looking ??= look().finally(() => { looking = undefined; });
    return orCancelled(looking, signal);
  };

  return {
    describe: (signal) => policy.describe(signal),
    close: () => policy.close(),
    sample: async (request, signal) => {
      signal?.throwIfAborted();
      if (due || ++sinceLook > everyRequests) { due = true; await looked(signal); }
      try { return await policy.sample(request, signal); } catch (error) {
        if (error instanceof FaultError && error.blame === 'environment' && error.retry && error.code !== 'MODEL_OVERLOADED' && error.code !== 'MODEL_TIMEOUT') due = true;
        throw error;
      }
    },
  };
}
