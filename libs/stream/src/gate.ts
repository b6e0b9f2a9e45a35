import { Observable } from 'rxjs';
import type { Credits } from './credits.ts';

/** What a gate pulls from: the reading half of a broker's Reader. */
export interface Source<Item> {
  ready(): Promise<boolean>;
  take(max: number): readonly Item[];
  close(): void;
}

/** Where a gate stands; `source`, `credit` and `admission` mean that it waits for that. */
export type GateState = 'source' | 'credit' | 'admission' | 'delivering' | 'closed';

export interface GateOptions {
  /** Every item takes one credit before it leaves the source; whoever is done with the item gives it back. Without credits nothing is held back. */
  readonly credits?: Credits;
  /** Awaited before items are taken: admission by lag. */
  readonly admit?: (signal: AbortSignal) => Promise<void>;
  readonly batchMax?: number;
  readonly onState?: (state: GateState) => void;
}

/**
 * Turns a pulled source into an Observable under credits: the only place where pull becomes push.
 *
 * Order and duplicates: as the source. Memory: at most the free credits (or `batchMax` without credits) beyond the source's own prefetch,
 * however many records wait. Completes when the source ends; unsubscribing closes the source and gives unused credits back.
 */
export function gate<Item>(source: Source<Item>, options: GateOptions = {}): Observable<Item> {
  const { credits, admit, batchMax = 200, onState = () => {} } = options;
  return new Observable<Item>((subscriber) => {
    const stop = new AbortController();
    const pull = async (): Promise<void> => {
      for (;;) {
        onState('source');
        if (!(await source.ready())) break;
        if (admit) { onState('admission'); await admit(stop.signal); }
        if (credits) onState('credit');
        const granted = credits ? await credits.take(batchMax, stop.signal) : batchMax;
        onState('delivering');
        const items = stop.signal.aborted ? [] : source.take(granted);
        credits?.give(granted - items.length || 0);
        for (const [index, item] of items.entries()) {
          if (stop.signal.aborted) { credits?.give(items.length - index); break; }
          subscriber.next(item);
        }
        await new Promise(setImmediate); // timers, sockets and signals get their turn between batches
        if (stop.signal.aborted) break;
      }
    };
    pull().then(() => { onState('closed'); subscriber.complete(); }, (error: unknown) => { onState('closed'); if (!stop.signal.aborted) subscriber.error(error); });
    return () => { stop.abort(new Error('the gate is closed')); source.close(); };
  });
}
