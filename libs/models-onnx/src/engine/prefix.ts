import type { KvGeometry } from './kv-session.ts';

/** Keys and values of a prompt's pieces, in order. */
export interface Prefix {
  readonly tokens: number;
  readonly pieces: readonly { readonly tokens: number; readonly keys: Float32Array }[]; // keys: [2 layers, kvHeads, tokens, headDim], key and value of each layer in turn
}

/** Writes a prefix into slots 0.. of one row of arrays [rows, kvHeads, slots, headDim], and zeros behind it: what stands in masked slots is always the same. */
export function copyPrefix({ kvHeads, headDim }: KvGeometry, { tokens, pieces }: Prefix, sides: readonly Float32Array[], row: number, slots: number): void {
  for (const [i, side] of sides.entries()) {
    for (let head = 0; head < kvHeads; head++) {
      const start = (row * kvHeads + head) * slots * headDim;
      let to = start;
      for (const piece of pieces) {
        const size = piece.tokens * headDim, from = (i * kvHeads + head) * size;
        side.set(piece.keys.subarray(from, from + size), to);
        to += size;
      }
      side.fill(0, start + tokens * headDim, start + slots * headDim);
    }
  }
}

/** Keys and values of one row of a pass whose piece holds `tokens` tokens of its `width`; as a `Prefix` piece holds them. */
export function cutPiece({ kvHeads, headDim }: KvGeometry, added: readonly Float32Array[], row: number, width: number, tokens: number): Float32Array {
  const size = tokens * headDim;
  const keys = new Float32Array(added.length * kvHeads * size);
  for (const [i, side] of added.entries()) {
    for (let head = 0; head < kvHeads; head++) {
      const from = (row * kvHeads + head) * width * headDim;
      keys.set(side.subarray(from, from + size), (i * kvHeads + head) * size);
    }
  }
  return keys;
}
