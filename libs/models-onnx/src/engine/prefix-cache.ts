import type { KvMemory } from './kv-memory.ts';
import type { Prefix } from './prefix.ts';

/** A piece behind the pieces before it: a node of a tree whose paths are prompts. */
export interface CachedPiece {
  readonly parent: CachedPiece | undefined;
  readonly key: string;
  readonly tokens: number;
  readonly end: number; // tokens up to and with this piece
  readonly keys: Float32Array; // keys and values, see Prefix
  logits: Float32Array | undefined; // behind the last token, where a prompt ended here
  readonly children: Map<string, CachedPiece>;
  pins: number; // of this piece and of those behind it
  cached: boolean; // false: evicted
}

/** Keys and values of prompts, by piece. What was used longest ago goes first, the end of a prompt before its beginning. */
export class PrefixCache {
  readonly #memory: KvMemory;
  readonly #roots = new Map<string, CachedPiece>();
  readonly #byUse = new Set<CachedPiece>(); // the longest unused first; a piece before the one it follows
  #free = 0; // bytes of pieces without a pin

  constructor(memory: KvMemory) { this.#memory = memory; }

  get pieces(): number { return this.#byUse.size; }

  /** Bytes that `evict` can give back. */
  get evictableBytes(): number { return this.#free; }

  find(parent: CachedPiece | undefined, key: string): CachedPiece | undefined { return this.#childrenOf(parent).get(key); }

  /** The memory is already taken: `bytesOf` the piece. */
  add(parent: CachedPiece | undefined, key: string, tokens: number, keys: Float32Array, logits: Float32Array | undefined): CachedPiece {
    const piece: CachedPiece = { parent, key, tokens, end: (parent?.end ?? 0) + tokens, keys, logits, children: new Map(), pins: 0, cached: true };
    this.#childrenOf(parent).set(key, piece);
    this.#free += bytesOf(piece);
    this.use(piece);
    return piece;
  }

  /** Keeps a piece, and with it those before it. */
  pin(piece: CachedPiece): void {
    for (let at: CachedPiece | undefined = piece; at !== undefined; at = at.parent) if (at.pins++ === 0) this.#free -= bytesOf(at);
  }

  unpin(piece: CachedPiece): void {
    for (let at: CachedPiece | undefined = piece; at !== undefined; at = at.parent) if (--at.pins === 0) this.#free += bytesOf(at);
  }

  /** The logits behind a piece that was cached without; their memory is already taken. */
  addLogits(piece: CachedPiece, logits: Float32Array): void {
    piece.logits = logits;
    if (piece.pins === 0) this.#free += logits.byteLength;
  }

  /** Marks a piece and those before it as used now. */
  use(piece: CachedPiece): void {
    for (let at: CachedPiece | undefined = piece; at !== undefined; at = at.parent) {
      this.#byUse.delete(at);
      this.#byUse.add(at);
    }
  }

  /** Gives one piece up; false when every piece is pinned. */
  evict(): boolean {
    for (const piece of this.#byUse) {
      if (piece.pins > 0 || piece.children.size > 0) continue;
      this.#byUse.delete(piece);
      this.#childrenOf(piece.parent).delete(piece.key);
      piece.cached = false;
      this.#free -= bytesOf(piece);
      this.#memory.give(bytesOf(piece));
      return true;
    }
    return false;
  }

  #childrenOf(parent: CachedPiece | undefined): Map<string, CachedPiece> { return parent === undefined ? this.#roots : parent.children; }
}

export function bytesOf({ keys, logits }: Pick<CachedPiece, 'keys' | 'logits'>): number { return keys.byteLength + (logits?.byteLength ?? 0); }

/** The prompt up to a piece. */
export function prefixOf(piece: CachedPiece | undefined): Prefix {
  const pieces: CachedPiece[] = [];
  for (let at = piece; at !== undefined; at = at.parent) pieces.unshift(at);
  return { tokens: piece?.end ?? 0, pieces };
}
