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

/** Waits for room and a credit, calls, gives the credit back with the reply: before whoever listens sees the value. */
export function underCredit<Value>({ credits, draining, room }: UnderCredit, call: (signal: AbortSignal) => Promise<Value>): Observable<Value> {
  return callOnce(async (signal): Promise<Value | typeof notBegun> => {
    const waiting = AbortSignal.any([signal, draining]);
    try {
      await room(waiting);
      await credits.take(1, waiting);
    } catch (reason) {
      if (draining.aborted) return notBegun;
      throw reason;
    }
    try { return await call(signal); } finally { credits.give(); }
  }).pipe(filter((value): value is Awaited<Value> & Value => value !== notBegun));
}
