// The port's Reader over a log that answers at once: unsettled offsets first, then everything from `next` on.
import type { Position, Reader, ReadOptions, StoredRecord } from './broker.ts';

/** One partition as its adapter sees it. `fetch` and `end` answer from what is committed now; they may throw a FaultError (STORE_CORRUPT). */
export interface LogSource {
  /** Records with from <= offset < below, ascending, `max` at most; may give fewer than there are, but gives none only when there is none. */
  fetch(from: number, below: number, max: number): readonly StoredRecord[];
  /** Offset the next record will get. */
  end(): number;
  /** Calls `wake` once when the log may have grown since; the function it returns takes the wish back. */
  wait(wake: () => void): () => void;
}

const prefetchDefault = 500; // records
const charactersMax = 8 * 2 ** 20; // held by unsettled records before the next pull

interface Waiter {
  readonly resolve: (ready: boolean) => void;
  readonly reject: (reason: unknown) => void;
}

type Filled = 'records' | 'nothing yet' | 'ended';

class LogReader implements Reader {
  readonly #source: LogSource;
  readonly #until: number;
  readonly #prefetchMax: number;
  readonly #onClose: () => void;
  #unsettled: readonly number[];
  #next: number;
  #held: readonly StoredRecord[] = [];
  #waiters: Waiter[] = [];
  #stopWaiting: (() => void) | undefined;
  #closed = false;

  constructor(source: LogSource, from: Position, options: ReadOptions, onClose: () => void) {
    this.#source = source;
    this.#until = options.until ?? Infinity;
    this.#prefetchMax = options.prefetchMax ?? prefetchDefault;
    if (!Number.isInteger(this.#prefetchMax) || this.#prefetchMax < 1) throw new RangeError(`prefetchMax: ${this.#prefetchMax} is not a whole number above 0`);
    this.#unsettled = from.unsettled.filter((offset) => offset < from.next && offset < this.#until).sort((a, b) => a - b);
    this.#next = from.next;
    this.#onClose = onClose;
  }

  ready(): Promise<boolean> {
    let filled: Filled;
    try { filled = this.#fill(); } catch (error) { return Promise.reject(error as Error); }
    if (filled !== 'nothing yet') return Promise.resolve(filled === 'records');
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
      this.#stopWaiting ??= this.#source.wait(() => this.#wake());
    });
  }

  get atEnd(): boolean { return this.#fill() !== 'records'; }

  take(max: number): readonly StoredRecord[] {
    if (this.#fill() !== 'records') return [];
    const taken = this.#held.slice(0, max);
    this.#held = this.#held.slice(taken.length);
    return taken;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#held = [];
    this.#stopWaiting?.();
    this.#settle((waiter) => waiter.resolve(false));
    this.#onClose();
  }

  #wake(): void {
    this.#stopWaiting = undefined;
    try {
      const filled = this.#fill();
      if (filled === 'nothing yet') this.#stopWaiting = this.#source.wait(() => this.#wake());
      else this.#settle((waiter) => waiter.resolve(filled === 'records'));
    } catch (error) { this.#settle((waiter) => waiter.reject(error)); }
  }

  #settle(settle: (waiter: Waiter) => void): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    waiters.forEach(settle);
  }

  /** Pulls only when nothing is held, so that never more than `prefetchMax` records are. */
  #fill(): Filled {
    if (this.#closed) return 'ended';
    if (this.#held.length > 0 || this.#pullUnsettled()) return 'records';
    const end = this.#source.end(); // before the fetch: what another process adds between the two is found at the next look
    const records = this.#next < this.#until ? this.#source.fetch(this.#next, this.#until, this.#prefetchMax) : [];
    if (records.length > 0) {
      this.#held = records;
      this.#next = records.at(-1)!.offset + 1;
      return 'records';
    }
    return end >= this.#until || this.#next >= this.#until ? 'ended' : 'nothing yet';
  }

  #pullUnsettled(): boolean {
    const records: StoredRecord[] = [];
    let seen = 0;
    for (let characters = 0; seen < this.#unsettled.length && records.length < this.#prefetchMax && characters < charactersMax; seen++) {
      const offset = this.#unsettled[seen]!;
      const [record] = this.#source.fetch(offset, offset + 1, 1); // none: deleted since
      if (record === undefined) continue;
      records.push(record);
      characters += record.value.length;
    }
    this.#unsettled = this.#unsettled.slice(seen);
    this.#held = records;
    return records.length > 0;
  }
}

/** A Reader of one partition: the unsettled offsets of `from` in order, then from `next` on. Holds `prefetchMax` records at most (default 500); `onClose` is called once. */
export function openLogReader(source: LogSource, from: Position, options: ReadOptions = {}, onClose: () => void = () => {}): Reader {
  return new LogReader(source, from, options, onClose);
}
