import { FaultError, type FaultCode } from '@slowthink/faults';
import type { Observer } from '@slowthink/stream';
import { systemClock, type Clock } from './clock.ts';
import type { Policy, SampleRequest } from './policy.ts';

export interface PatienceOptions {
  /** Default 3,600,000: one hour. */
  readonly giveUpAfterMs?: number;
  /** Wait before the first probe; doubles after each one that fails. Default 1000. */
  readonly backoffMs?: number;
  /** Default 30,000. */
  readonly backoffMaxMs?: number;
  /** What probes are sent through: the same policy without its retries, so that a probe is one request. Default: the policy. */
  readonly probeWith?: Policy;
  /** Failures of one request, each while the server was there (it answered others, or said who it is just before), before it counts as refused. Default 5. */
  readonly strayMax?: number;
  readonly clock?: Clock;
  readonly observer?: Observer;
}

interface Waiter { readonly go: (asProbe: boolean) => void; readonly fail: (reason: unknown) => void }

interface Outage {
  readonly since: number;
  /** Ends the timers: an answer came, or the waiting is given up. */
  readonly over: AbortController;
  /** Cancels a probe that hangs when the waiting is given up. */
  readonly lost: AbortController;
  fault: FaultError;
  backoffMs: number;
  /** describe() answered just before the probe that is out. */
  described: boolean;
  /** A request that was answered before was answered again, just before the probe that is out. */
  witnessed: boolean;
  /** When the server last answered; `since` at first. */
  heard: number;
  /** A probe failed although describe() answered just before: a prompt that fails, or a server that answers nobody. */
  doubted: boolean;
  waiting: Waiter[];
  probeEnded: (() => void) | undefined;
}

/** Faults that can lie in one request (a prompt that a server chokes on) as well as in the server. */
const ambiguous: ReadonlySet<FaultCode> = new Set<FaultCode>(['MODEL_TIMEOUT', 'MODEL_SERVER_ERROR', 'MODEL_REPLY_INVALID']);
/** The same for a probe that follows an answer of describe(): a prompt that takes the server down looks like a server that is away. */
const ambiguousInProbe: ReadonlySet<FaultCode> = new Set<FaultCode>([...ambiguous, 'MODEL_UNREACHABLE']);

/** Asks whether a server that nobody was answered by yet answers at all. */
const fewWords: SampleRequest = { id: 'witness', messages: [{ role: 'user', content: 'Say yes.' }], prefix: '', n: 1, seed: 0, sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 16 }, stop: [] };

/** A fault of the environment that can pass. */
const isOutage = (error: unknown): error is FaultError => error instanceof FaultError && error.blame === 'environment' && error.retry;

const refused = (error: FaultError, times: number) => new FaultError('MODEL_REFUSED', `${error.message} It failed ${times} times while the server was there.`, { cause: error, attempts: error.attempts });

/**
 * Outlives a server that is away. The first fault of the environment that can pass pauses every request; the one that has waited longest is sent as a probe, one at a time, after 1, 2, 4 … 30 s
 * (or Retry-After), and goes to the end of the queue when it fails; the first answer resumes all. Nothing is lost and nothing is answered twice. After `giveUpAfterMs` without an answer
 * everything waiting and everything later is rejected with the fault. Faults without `retry` (budget, revision) pass through.
 * A request that keeps failing while others are answered, or as a probe just after describe() answered, is at fault itself: MODEL_REFUSED after `strayMax` times. Whether it is the request or the server, a
 * witness tells: once a probe has failed so, the last request that was answered (before the first one: a few words) is asked for one sample before every further probe. Not answered, it was the probe, and no
 * other is sent; answered, the requests are at fault, however many they are. What only a few words vouch for ends when `strayMax` requests in a row were refused: then the rest waits.
 * Memory: the requests that wait, and one that was answered; bound them outside.
 */
export function withPatience(policy: Policy, options: PatienceOptions = {}): Policy {
  const { giveUpAfterMs = 3_600_000, backoffMs = 1000, backoffMaxMs = 30_000, probeWith = policy, strayMax = 5, clock = systemClock, observer } = options;
  let outage: Outage | undefined;
  let answered = 0;
  let refusedInRow = 0; // probes, since the last answer
  let gaveUp: FaultError | undefined;
  let witness: SampleRequest | undefined; // the last that was answered

  const pauseOf = (now: Outage) => Math.max(now.backoffMs, now.fault.retryAfterMs ?? 0);
  const tell = (now: Outage) => observer?.({ kind: 'paused', of: 'policy', code: now.fault.code, message: now.fault.message, retryInMs: pauseOf(now) });

  const failedProbe = (now: Outage, fault: FaultError) => { now.fault = fault; now.backoffMs = Math.min(backoffMaxMs, now.backoffMs * 2); };
  const resume = () => {
    if (outage === undefined) return;
    const ended = outage;
    outage = undefined;
    ended.over.abort();
    observer?.({ kind: 'resumed', of: 'policy', afterMs: clock.now() - ended.since });
    for (const waiter of ended.waiting) waiter.go(false);
  };
  const giveUp = (now: Outage) => {
    const requests = now.waiting.length + (now.probeEnded === undefined ? 0 : 1);
    gaveUp = new FaultError(now.fault.code, `${now.fault.message} Waited ${Math.round((clock.now() - now.heard) / 1000)} s for the server; ${requests} ${requests === 1 ? 'request waits' : 'requests wait'}.`, { cause: now.fault, hint: now.fault.hint });
    outage = undefined;
    now.over.abort();
    now.lost.abort(gaveUp);
    for (const waiter of now.waiting) waiter.fail(gaveUp);
  };
  /** Resolves when the server has not answered for `giveUpAfterMs`. */
  const unheard = async (now: Outage) => {
    for (let left = giveUpAfterMs; left > 0; left = now.heard + giveUpAfterMs - clock.now()) await clock.sleep(left, now.over.signal);
  };
  const probe = async (now: Outage) => {
    for (;;) {
      tell(now);
      now.witnessed = false;
      await clock.sleep(pauseOf(now), now.over.signal);
      now.described = await probeWith.describe(now.over.signal).then(() => true, () => false);
      if (outage !== now) return;
      if (now.described && now.doubted && now.waiting.length > 0) {
        const fault = await probeWith.sample({ ...(witness ?? fewWords), n: 1 }, now.over.signal).then(() => undefined, (error: unknown) => error);
        if (outage !== now) return;
        if (isOutage(fault)) { failedProbe(now, fault); continue; }
        now.witnessed = fault === undefined && witness !== undefined;
        if (now.witnessed) { now.heard = clock.now(); refusedInRow = 0; }
      }
      const first = now.waiting.shift();
      if (first === undefined) { resume(); return; } // everybody left: the next request finds out by itself
      await new Promise<void>((resolve) => { now.probeEnded = resolve; now.over.signal.addEventListener('abort', () => resolve(), { once: true }); first.go(true); });
      now.probeEnded = undefined;
      if (outage !== now) return;
    }
  };
  const pause = (fault: FaultError) => {
    const now: Outage = { since: clock.now(), over: new AbortController(), lost: new AbortController(), fault, backoffMs, described: false, witnessed: false, heard: clock.now(), doubted: false, waiting: [], probeEnded: undefined };
    outage = now;
    probe(now).catch(() => {}); // ends by `over`
    unheard(now).then(() => giveUp(now), () => {});
  };
  const turn = (now: Outage, signal?: AbortSignal) => new Promise<boolean>((resolve, reject) => {
    const leave = () => { now.waiting = now.waiting.filter((other) => other !== waiter); reject(signal!.reason); };
    const free = () => signal?.removeEventListener('abort', leave);
    const waiter: Waiter = { go: (asProbe) => { free(); resolve(asProbe); }, fail: (reason) => { free(); reject(reason); } };
    signal?.addEventListener('abort', leave, { once: true });
    now.waiting.push(waiter);
  });

  const ask = async <Reply>(call: (via: Policy, signal: AbortSignal | undefined) => Promise<Reply>, signal?: AbortSignal): Promise<Reply> => {
    let strays = 0;
    for (;;) {
      signal?.throwIfAborted();
      if (gaveUp !== undefined) throw gaveUp;
      const during = outage;
      const probed = during !== undefined && await turn(during, signal) ? during : undefined;
      const seen = answered;
      try {
        const reply = await (probed === undefined ? call(policy, signal) : call(probeWith, signal === undefined ? probed.lost.signal : AbortSignal.any([signal, probed.lost.signal])));
        answered++;
        refusedInRow = 0;
        resume();
        return reply;
      } catch (error) {
        if (gaveUp !== undefined) throw gaveUp;
        const current = probed !== undefined && probed === outage; // else somebody was answered meanwhile
        if (signal?.aborted) { if (current) probed.probeEnded?.(); throw error; }
        if (!isOutage(error)) {
          if (current) resume(); // refused, but by a server that answers
          throw error;
        }
        if (current) {
          const suspect = probed.described && ambiguousInProbe.has(error.code);
          const stray = suspect && ++strays >= strayMax && refusedInRow < strayMax;
          probed.doubted ||= suspect;
          failedProbe(probed, error);
          if (stray || probed.witnessed) probed.backoffMs = backoffMs; // the next one may do better
          probed.probeEnded?.();
          if (stray) { refusedInRow++; throw refused(error, strays); }
        } else if (answered > seen && ambiguous.has(error.code)) {
          if (++strays >= strayMax) throw refused(error, strays);
          await clock.sleep(Math.min(backoffMaxMs, backoffMs * 2 ** (strays - 1)), signal);
        } else if (outage === undefined) pause(error);
      }
    }
  };

  return {
    describe: (signal) => ask((via, until) => via.describe(until), signal),
    sample: async (request, signal) => {
      const reply = await ask((via, until) => via.sample(request, until), signal);
      witness = request;
      return reply;
    },
    close: () => policy.close(),
  };
}
