/**
 * Lets at most `max` in together, or one alone: whoever wants to be alone waits until all others are out, and keeps new ones from coming in meanwhile. First come, first served within each kind.
 * Each `enter` is followed by one `leave`. Memory: those who wait; bound them outside.
 */
export class Turnstile {
  readonly #max: number;
  #inside = 0;
  #alone = false;
  readonly #together: (() => void)[] = [];
  readonly #single: (() => void)[] = [];

  constructor(max: number) { this.#max = max; }

  enter(how: 'together' | 'alone'): Promise<void> {
    return new Promise((resolve) => {
      (how === 'alone' ? this.#single : this.#together).push(resolve);
      this.#admit();
    });
  }

  leave(): void {
    this.#inside -= 1;
    this.#alone = false;
    this.#admit();
  }

  #admit(): void {
    if (this.#single.length > 0) {
      if (this.#inside > 0) return;
      this.#inside = 1;
      this.#alone = true;
      this.#single.shift()!();
    }
    while (!this.#alone && this.#single.length === 0 && this.#inside < this.#max && this.#together.length > 0) {
      this.#inside += 1;
      this.#together.shift()!();
    }
  }
}
