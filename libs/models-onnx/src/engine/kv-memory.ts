/** The bytes of keys and values held, and their bound. */
export class KvMemory {
  readonly max: number;
  #held = 0;

  constructor(max: number) { this.max = max; }

  get held(): number { return this.#held; }

  fits(bytes: number): boolean { return this.#held + bytes <= this.max; }

  /** Only where it fits. */
  take(bytes: number): void {
    if (!this.fits(bytes)) throw new RangeError(`${bytes} bytes of keys and values do not fit: ${this.#held} of ${this.max} are held`);
    this.#held += bytes;
  }

  give(bytes: number): void { this.#held -= bytes; }
}
