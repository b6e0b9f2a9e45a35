import { canonicalJson, hashId, type Verdict } from '@slowthink/records';
import { systemClock, type Clock } from '@slowthink/models';
import type { Observer } from '@slowthink/stream';
import type { Verifier, VerifyRequest } from './verifier.ts';

export interface VerdictCacheOptions {
  /** Verdicts kept. Default 10,000: a few megabytes. */
  readonly entriesMax?: number;
  readonly observer?: Observer;
  readonly clock?: Clock;
}

interface Flight { readonly verdict: Promise<Verdict>; readonly stop: AbortController; waiters: number }

/** The text that is judged and that the cache knows it by: LF, without space at the ends of lines and of the text. */
const normaliseText = (text: string): string => text.replace(/\r\n?/g, '\n').split('\n').map((line) => line.trimEnd()).join('\n').trim();

/**
 * Judges the same (question, gold, text) once: requests that come while it is judged wait for the same verdict, later ones find it, least recently used out first. What the verifier gets is the normalised text, so which
 * of two equal requests came first changes nothing (law 4). Faults are not kept. Who cancels leaves; the call behind is cancelled when all have left.
 *
 * In memory only, on purpose: a verdict is committed with the event it belongs to, and neither a rebuild nor a restart judges what is committed again. A restart judges what was in flight, as it asks the model
 * again for it (law 2); a cache on disk would save that little, and be a second store that can disagree with the log.
 */
export function withVerdictCache(verifier: Verifier, { entriesMax = 10_000, observer, clock = systemClock }: VerdictCacheOptions = {}): Verifier {
  const kept = new Map<string, Verdict>();
  const flights = new Map<string, Flight>();

  const keep = (key: string, verdict: Verdict) => {
    kept.delete(key);
    kept.set(key, verdict);
    if (kept.size > entriesMax) kept.delete(kept.keys().next().value!);
  };
  const depart = (key: string, request: VerifyRequest): Flight => {
    const stop = new AbortController();
    const start = clock.now();
    const verdict = verifier.verify(request, stop.signal).then(
      (found) => { keep(key, found); observer?.({ kind: 'graded', change: 'judged', ms: clock.now() - start }); return found; },
      (error: unknown) => { if (!stop.signal.aborted) observer?.({ kind: 'graded', change: 'failed', ms: clock.now() - start }); throw error; }, // cancelled is not failed: it is judged after a restart
    ).finally(() => { if (flights.get(key) === flight) flights.delete(key); });
    const flight: Flight = { verdict, stop, waiters: 0 };
    flights.set(key, flight);
    return flight;
  };

  return {
    describe: (signal) => verifier.describe(signal),
    close: () => verifier.close(),
    verify: (asked, signal) => new Promise((resolve, reject) => {
      if (signal?.aborted) { reject(signal.reason); return; }
      const request = { ...asked, text: normaliseText(asked.text) };
      const key = hashId('verdict', canonicalJson([request.questionId, request.prompt, request.gold, request.text, request.truncated]));
      const known = kept.get(key);
      if (known !== undefined) { keep(key, known); observer?.({ kind: 'graded', change: 'cached' }); resolve(known); return; }
      const flight = flights.get(key) ?? depart(key, request);
      if (flight.waiters++ > 0) observer?.({ kind: 'graded', change: 'cached' });
      const leave = () => {
        reject(signal!.reason);
        if (--flight.waiters > 0) return;
        if (flights.get(key) === flight) flights.delete(key); // who comes now is judged anew
        flight.stop.abort(signal!.reason);
      };
      signal?.addEventListener('abort', leave, { once: true });
      flight.verdict.then(resolve, reject).finally(() => signal?.removeEventListener('abort', leave));
    }),
  };
}
