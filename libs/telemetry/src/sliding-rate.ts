/** How much a second over the last `windowMs`, in `buckets` equal slots: constant memory, whatever the traffic. */
export class SlidingRate {
  readonly #slotMs: number;
  readonly #slots: number[];
  readonly #startedMs: number;
  #newest: number; // number of the newest slot since the clock's zero

  constructor(nowMs: number, windowMs = 10_000, buckets = 20) {
    this.#slotMs = windowMs / buckets;
    this.#slots = Array.from({ length: buckets }, () => 0);
    this.#startedMs = nowMs;
    this.#newest = Math.floor(nowMs / this.#slotMs);
  }

  add(nowMs: number, amount: number): void {
    this.#advance(nowMs);
    this.#slots[this.#newest % this.#slots.length]! += amount;
  }

  /** Over the whole window, or over the time since the start while that is shorter (at least one second, so that a first burst is no record speed). */
  perSecond(nowMs: number): number {
    this.#advance(nowMs);
    const windowMs = (this.#slots.length - 1) * this.#slotMs + (nowMs - this.#newest * this.#slotMs); // the oldest slots are full, the newest is part of one
    return this.#slots.reduce((sum, amount) => sum + amount, 0) / (Math.max(1000, Math.min(windowMs, nowMs - this.#startedMs)) / 1000);
  }

  #advance(nowMs: number): void {
    const slot = Math.floor(nowMs / this.#slotMs);
    for (let empty = Math.max(this.#newest + 1, slot - this.#slots.length + 1); empty <= slot; empty += 1) this.#slots[empty % this.#slots.length] = 0;
    this.#newest = Math.max(this.#newest, slot);
  }
}
