import { Observable } from 'rxjs';
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

/** Waits for a credit, calls, gives the credit back with the reply: before whoever listens sees the value. */
export function underCredit<Value>(credits: Credits, call: (signal: AbortSignal) => Promise<Value>): Observable<Value> {
  return callOnce(async (signal) => {
    await credits.take(1, signal);
    try { return await call(signal); } finally { credits.give(); }
  });
}
