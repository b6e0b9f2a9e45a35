/** Whole numbers of 0..2^31 in the 64-bit form that onnxruntime reads, written without BigInt: all processors onnxruntime-node has a library for store the low word first. */
export class Int64s {
  readonly values: BigInt64Array;
  readonly #words: Int32Array;

  constructor(length: number) {
    this.values = new BigInt64Array(length);
    this.#words = new Int32Array(this.values.buffer);
  }

  set(at: number, value: number): void { this.#words[2 * at] = value; }

  /** From `from` until before `to`. */
  fill(value: number, from: number, to: number): void {
    for (let at = from; at < to; at++) this.#words[2 * at] = value;
  }

  copy(to: number, from: number, length: number): void { this.values.copyWithin(to, from, from + length); }
}
