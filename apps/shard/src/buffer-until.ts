import { Observable, type OperatorFunction } from 'rxjs';

export interface BufferBounds<Item> {
  readonly countMax: number;
  /** A buffer that has not grown for this long is handed on. */
  readonly quietMs: number;
  /** An item that ends its buffer. */
  readonly last: (item: Item) => boolean;
}

/** Batches in order: at most `countMax` items, ended early by a `last` item or by silence. What is left when the source completes is forgotten: it is not settled and comes again. */
export function bufferUntil<Item>({ countMax, quietMs, last }: BufferBounds<Item>): OperatorFunction<Item, readonly Item[]> {
  return (source$) => new Observable((subscriber) => {
    let buffer: Item[] = [];
    let timer: NodeJS.Timeout | undefined;
    const hand = (): void => {
      clearTimeout(timer);
      const batch = buffer;
      buffer = [];
      if (batch.length > 0) subscriber.next(batch);
    };
    const subscription = source$.subscribe({
      next: (item) => {
        buffer.push(item);
        clearTimeout(timer);
        if (buffer.length >= countMax || last(item)) hand();
        else timer = setTimeout(hand, quietMs);
      },
      error: (error: unknown) => subscriber.error(error),
      complete: () => { clearTimeout(timer); subscriber.complete(); },
    });
    return () => { clearTimeout(timer); subscription.unsubscribe(); };
  });
}
