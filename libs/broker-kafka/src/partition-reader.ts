// The port's Reader over fetches that take their time: unsettled offsets first, then everything from `next` on.
import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import type { Position, Reader, ReadOptions, StoredRecord } from '@slowthink/broker';
import type { Fetched, Fetcher, FetchSource } from './fetcher.ts';

const prefetchDefault = 500; // records
const bytesMax = 4_194_304; // of held records before the next fetch

interface Waiter { readonly resolve: (ready: boolean) => void; readonly reject: (reason: unknown) => void }

export interface ReaderPlace {
  /** Name of the port's topic, as records carry it. */
  readonly name: string;
  /** Name on the broker. */
  readonly topic: string;
  readonly partition: number;
}

/** Holds less than half of `prefetchMax` records and one fetch: 1 MB of compressed records, or one record that is larger. */
export class PartitionReader implements Reader, FetchSource {
  readonly topic: string;
  readonly partition: number;
  readonly #name: string;
  readonly #fetcher: Fetcher;
  readonly #until: number;
  readonly #prefetchMax: number;
  readonly #onClose: () => void;
  #unsettled: readonly number[]; // still to be read, ascending
  #next: number;
  #held: StoredRecord[] = [];
  #heldBytes = 0;
  #waiters: Waiter[] = [];
  #lookedAtEnd = false;
  #ended = false;
  #closed = false;
  #failure: unknown;

  constructor(place: ReaderPlace, from: Position, { until = Infinity, prefetchMax = prefetchDefault }: ReadOptions, fetcher: Fetcher, onClose: () => void) {
    if (!Number.isInteger(prefetchMax) || prefetchMax < 1) throw new RangeError(`prefetchMax: ${prefetchMax} is not a whole number above 0`);
    this.#name = place.name;
    this.topic = place.topic;
    this.partition = place.partition;
    this.#fetcher = fetcher;
    this.#until = until;
    this.#prefetchMax = prefetchMax;
    this.#onClose = onClose;
    this.#unsettled = from.unsettled.filter((offset) => offset < from.next && offset < until).toSorted((a, b) => a - b);
    this.#next = from.next;
    this.#ended = this.#isAtEnd();
    if (!this.#ended) fetcher.add(this);
  }

  ready(): Promise<boolean> {
    if (this.#held.length > 0) return Promise.resolve(true);
    if (this.#failure !== undefined) return Promise.reject(this.#failure as Error);
    if (this.#ended) return Promise.resolve(false);
    return new Promise((resolve, reject) => { this.#waiters.push({ resolve, reject }); });
  }

  get atEnd(): boolean { return this.#held.length === 0 && (this.#ended || this.#lookedAtEnd); }

  take(max: number): readonly StoredRecord[] {
    if (this.#failure !== undefined && this.#held.length === 0) throw this.#failure as Error;
    const hadRoom = this.wanted() !== undefined;
    const taken = this.#held.splice(0, Math.min(max, this.#prefetchMax));
    for (const { key, value } of taken) this.#heldBytes -= key.length + value.length;
    if (!hadRoom && this.wanted() !== undefined) this.#fetcher.wake();
    return taken;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = [];
    this.#failure = undefined;
    this.#end();
    this.#onClose();
  }

  wanted(): number | undefined {
    if (this.#ended || this.#held.length >= Math.max(1, this.#prefetchMax / 2) || this.#heldBytes >= bytesMax) return undefined;
    return this.#unsettled[0] ?? this.#next;
  }

  deliver({ from, messages, next, stable }: Fetched): void {
    if (this.#ended) return;
    this.#lookedAtEnd = this.#unsettled.length === 0 && next === from && stable <= from;
    if (this.#unsettled.length > 0) this.#takeUnsettled(messages, next > from ? next : Math.max(from, stable));
    else {
      for (const message of messages) this.#hold(message);
      this.#next = next === from && stable >= this.#until ? this.#until : next; // nothing but what was compacted away lies before the end
    }
    this.#settle();
  }

  startsAt(offset: number): void {
    this.#unsettled = this.#unsettled.filter((one) => one >= offset);
    this.#next = Math.max(this.#next, offset);
    this.#settle();
  }

  fail(error: unknown): void {
    if (this.#ended) return;
    this.#failure = error;
    this.#ended = true;
    this.#answer((waiter) => waiter.reject(error));
  }

  #takeUnsettled(messages: readonly FetchedMessage[], seenBelow: number): void {
    const wanted = new Set(this.#unsettled);
    for (const message of messages) if (wanted.has(Number(message.offset))) this.#hold(message);
    this.#unsettled = this.#unsettled.filter((offset) => offset >= seenBelow); // one that holds no record is passed over
  }

  #hold({ offset, key, value }: FetchedMessage): void {
    const at = Number(offset);
    if (at >= this.#until) return;
    const record = { topic: this.#name, partition: this.partition, offset: at, key: key?.toString() ?? '', value: value?.toString() ?? '' };
    this.#held.push(record);
    this.#heldBytes += record.key.length + record.value.length;
  }

  #isAtEnd(): boolean { return this.#unsettled.length === 0 && this.#next >= this.#until; }

  #settle(): void {
    if (this.#isAtEnd()) this.#end();
    else if (this.#held.length > 0) this.#answer((waiter) => waiter.resolve(true));
  }

  #end(): void {
    this.#ended = true;
    this.#fetcher.remove(this);
    this.#answer((waiter) => waiter.resolve(this.#held.length > 0));
  }

  #answer(settle: (waiter: Waiter) => void): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    waiters.forEach(settle);
  }
}
