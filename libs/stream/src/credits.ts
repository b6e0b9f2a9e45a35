// A credit bounds memory: whoever holds work holds a credit. Settled offsets are another count and never meet this one.

/** First come, first served. `take` resolves with a number of credits between 1 and `max`. */
export class Credits {
  readonly total: number;
  #free: number;
  #waiting: { readonly max: number; readonly resolve: (taken: number) => void; readonly reject: (reason: unknown) => void }[] = [];

  constructor(total: number) {
    if (!Number.isInteger(total) || total < 1) throw new RangeError(`credits: ${total} is not a whole number above 0`);
    this.total = total;
    this.#free = total;
  }

  get free(): number { return this.#free; }
  get held(): number { return this.total - this.#free; }

  /** Waits until at least one credit is free, then takes as many as are there, `max` at most. */
  take(max = 1, signal?: AbortSignal): Promise<number> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#free > 0 && this.#waiting.length === 0) return Promise.resolve(this.#grab(max));
    return new Promise((resolve, reject) => {
      const waiter = { max, resolve: (taken: number) => { signal?.removeEventListener('abort', stop); resolve(taken); }, reject };
      const stop = () => { this.#waiting = this.#waiting.filter((other) => other !== waiter); reject(signal!.reason); };
      signal?.addEventListener('abort', stop, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Takes without waiting, even below zero: for work that exists already (trees restored after a restart). */
  claim(count: number): void { this.#free -= count; }

  give(count = 1): void {
    this.#free += count;
    if (this.#free > this.total) throw new Error(`credits: more given back (${this.#free}) than there are (${this.total})`);
    while (this.#free > 0 && this.#waiting.length > 0) {
      const waiter = this.#waiting.shift()!;
      waiter.resolve(this.#grab(waiter.max));
    }
  }

  #grab(max: number): number {
    const taken = Math.min(this.#free, Math.max(1, max));
    this.#free -= taken;
    return taken;
  }
}
