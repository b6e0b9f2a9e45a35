/** Numbers that follow from a seed alone (SplitMix32): the only source of chance in a simulation. */
export class Random {
  #state: number;

  constructor(seed: number) { this.#state = seed >>> 0; }

  /** 0..1, 1 excluded. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  chance(probability: number): boolean { return this.next() < probability; }
  /** A whole number, both ends included. */
  whole(least: number, most: number): number { return least + Math.floor(this.next() * (most - least + 1)); }
  pick<Item>(items: readonly Item[]): Item { return items[this.whole(0, items.length - 1)]!; }
  /** Exponentially distributed around `mean`: mostly short, now and then very long. */
  around(mean: number): number { return -Math.log(1 - this.next()) * mean; }
}
