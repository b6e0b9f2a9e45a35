import { Observable, filter } from 'rxjs';
import type { Credits } from './credits.ts';

/** One cancellable call at the edge as an Observable of one value: unsubscribing aborts the signal. */
export function callOnce<Value>(call: (signal: AbortSignal) => Promise<Value>): Observable<Value> {
  return new Observable<Value>((subscriber) => {
    const stop = new AbortController();
    call(stop.signal).then(
      (value) => { subscriber.next(value); subscriber.complete(); },
      (error: unknown) => { if (!stop.signal.aborted) subscriber.error(error); },
    );
    return () => stop.abort(new Error('cancelled'));
  });
}

const notBegun = Symbol('not begun');

export interface UnderCredit {
  readonly credits: Credits;
  /** Aborted: a call that has no credit yet is not begun, and the Observable completes empty. */
  readonly draining: AbortSignal;
  /** Awaited before the credit. */
  readonly room: (signal: AbortSignal) => Promise<void>;
}

/**
 * Makes calls that wait for room and a credit, and give the credit back with the reply: before whoever listens sees the value.
 * One listener on `draining`, however many calls wait: AbortSignal.any for each of thousands would keep the garbage collector busy.
 */
export function underCredit({ credits, draining, room }: UnderCredit): <Value>(call: (signal: AbortSignal) => Promise<Value>) => Observable<Value> {
  const waits = new Set<AbortController>();
  draining.addEventListener('abort', () => { for (const wait of waits) wait.abort(draining.reason); }, { once: true });
  return <Value>(call: (signal: AbortSignal) => Promise<Value>) => callOnce(async (signal): Promise<Value | typeof notBegun> => {
    if (draining.aborted) return notBegun;
    const wait = new AbortController();
    const stop = (): void => wait.abort(signal.reason);
    waits.add(wait);
    signal.addEventListener('abort', stop, { once: true });
    try {
      await room(wait.signal);
      await credits.take(1, wait.signal);
    } catch (reason) {
      if (draining.aborted) return notBegun;
      throw reason;
    } finally {
      waits.delete(wait);
      signal.removeEventListener('abort', stop);
    }
    try { return await call(signal); } finally { credits.give(); }
  }).pipe(filter((value): value is Awaited<Value> & Value => value !== notBegun));
}
