import type { RowWatch } from './engine-types.ts';
import type { TokenBytes } from './token-bytes.ts';

/**
 * The text of one sample as its tokens come. Ends it at the first stop string, also where one runs over tokens; looks only at the bytes that are new.
 * A token that completes several stop strings ends the text before the one that begins first.
 */
export class TextWatch implements RowWatch {
  readonly #bytesOf: TokenBytes;
  readonly #stops: readonly Uint8Array[];
  #bytes = new Uint8Array(256);
  #length = 0;

  constructor(bytesOf: TokenBytes, stops: readonly Uint8Array[]) {
    this.#bytesOf = bytesOf;
    this.#stops = stops;
  }

  push(id: number): boolean {
    const added = this.#bytesOf[id]!;
    if (added.length === 0) return false;
    const before = this.#length;
    if (before + added.length > this.#bytes.length) {
      const wider = new Uint8Array(2 * (before + added.length));
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    this.#bytes.set(added, before);
    this.#length += added.length;
    const at = this.#firstStop(before);
    if (at === undefined) return false;
    this.#length = at;
    return true;
  }

  /** Whole characters: an unfinished one at the end is left out, as are broken ones there; before it, bytes that are no UTF-8 become U+FFFD. */
  text(): string {
    return new TextDecoder('utf-8', { ignoreBOM: true }).decode(this.#bytes.subarray(0, this.#length), { stream: true }).replace(/\uFFFD+$/, '');
  }

  /** Where the first stop string begins that ends behind `before`. */
  #firstStop(before: number): number | undefined {
    let first: number | undefined;
    for (const stop of this.#stops) {
      const last = stop.length - 1;
      for (let end = Math.max(before, last); end < this.#length; end++) {
        if (this.#bytes[end] !== stop[last] || !this.#endsWith(stop, end)) continue;
        first = Math.min(first ?? end, end - last);
        break;
      }
    }
    return first;
  }

  #endsWith(stop: Uint8Array, end: number): boolean {
    const begin = end - stop.length + 1;
    for (let i = 0; i < stop.length; i++) if (this.#bytes[begin + i] !== stop[i]) return false;
    return true;
  }
}
