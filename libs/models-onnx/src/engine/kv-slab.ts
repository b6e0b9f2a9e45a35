import { Int64s } from './int64s.ts';
import { bytesPerToken, type Forward, type ForwardInput, type KvGeometry } from './kv-session.ts';
import { copyPrefix, type Prefix } from './prefix.ts';
import type { Row } from './row.ts';

/** Keys and values of up to `width` rows of one shape, as one decode pass reads them: rows without holes, the past in slots 0..length-1, zeros behind. */
export class KvSlab {
  readonly slots: number;
  readonly width: number;
  readonly bytes: number;
  readonly rows: Row[] = [];
  readonly #geometry: KvGeometry;
  readonly #sides: readonly Float32Array[]; // [width, kvHeads, slots, headDim] each, in the order of ForwardInput.past
  readonly #ids: Int64s; // [width]
  readonly #positions: Int64s; // [width]
  readonly #mask: Int64s; // [width, slots + 1]

  constructor(geometry: KvGeometry, slots: number, width: number) {
    this.slots = slots;
    this.width = width;
    this.bytes = width * slots * bytesPerToken(geometry);
    this.#geometry = geometry;
    this.#sides = Array.from({ length: 2 * geometry.layers }, () => new Float32Array(width * this.#rowSize));
    this.#ids = new Int64s(width);
    this.#positions = new Int64s(width);
    this.#mask = new Int64s(width * (slots + 1));
  }

  get full(): boolean { return this.rows.length === this.width; }

  get #rowSize(): number { return this.#geometry.kvHeads * this.slots * this.#geometry.headDim; }

  /** A new row on a prefix. */
  join(row: Row, prefix: Prefix): void {
    this.#seat(row, prefix.tokens);
    copyPrefix(this.#geometry, prefix, this.#sides, row.place, this.slots);
  }

  /** A row of another slab, which it leaves; this slab has as many slots or more. */
  take(row: Row): void {
    const from = row.slab!, place = row.place, { kvHeads, headDim } = this.#geometry;
    const [old, wide] = [from.slots * headDim, this.slots * headDim];
    const to = this.rows.length;
    for (const [i, side] of this.#sides.entries()) {
      for (let head = 0; head < kvHeads; head++) {
        const source = (place * kvHeads + head) * old, target = (to * kvHeads + head) * wide;
        side.set(from.#sides[i]!.subarray(source, source + old), target);
        if (wide > old) side.fill(0, target + old, target + wide);
      }
    }
    from.leave(row);
    this.#seat(row, row.length);
  }

  /** The last row takes the place of the one that goes. */
  leave(row: Row): void {
    const last = this.rows.pop()!;
    if (last !== row) {
      for (const side of this.#sides) side.copyWithin(row.place * this.#rowSize, last.place * this.#rowSize, (last.place + 1) * this.#rowSize);
      this.#mask.copy(row.place * (this.slots + 1), last.place * (this.slots + 1), this.slots + 1);
      last.place = row.place;
      this.rows[last.place] = last;
    }
    row.slab = undefined;
  }

  /** What a decode pass reads; `idOf` gives the token that each row feeds. */
  input(idOf: (row: Row) => number): ForwardInput {
    for (const row of this.rows) {
      this.#ids.set(row.place, idOf(row));
      this.#positions.set(row.place, row.length);
    }
    return { rows: this.rows.length, tokens: 1, slots: this.slots, ids: this.#ids, positions: this.#positions, mask: this.#mask, past: this.#sides };
  }

  /** The new key and value of a row, which stood at place `at` of the pass, into its next slot; the row is not full. */
  append(row: Row, { added }: Forward, at: number): void {
    const { kvHeads, headDim } = this.#geometry;
    for (const [i, side] of this.#sides.entries()) {
      const source = added[i]!;
      for (let head = 0; head < kvHeads; head++) {
        const to = ((row.place * kvHeads + head) * this.slots + row.length) * headDim, from = (at * kvHeads + head) * headDim;
        for (let x = 0; x < headDim; x++) side[to + x] = source[from + x]!;
      }
    }
    this.#mask.set(row.place * (this.slots + 1) + row.length, 1);
    row.length++;
  }

  #seat(row: Row, length: number): void {
    row.slab = this;
    row.place = this.rows.push(row) - 1;
    row.length = length;
    const from = row.place * (this.slots + 1);
    this.#mask.fill(1, from, from + length);
    this.#mask.fill(0, from + length, from + this.slots);
    this.#mask.set(from + this.slots, 1);
  }
}
