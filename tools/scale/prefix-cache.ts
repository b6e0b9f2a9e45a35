import { createHash } from 'node:crypto';

/**
 * Which part of a prompt a prefix cache holds already, as vLLM keeps it: whole blocks, each known by its bytes and all that stands before it. Nothing is ever evicted; `bytes` says how much would have to be kept.
 * Only prompts are entered, not what was generated, and a block counts for the next request, never for one that runs beside it: a real cache holds a little more, or less.
 */
export class PrefixCache {
  readonly #blocks = new Set<string>();
  readonly #blockBytes: number;

  /** `blockBytes`: a block in bytes of text; vLLM's 16 tokens are about 70. */
  constructor(blockBytes: number) { this.#blockBytes = blockBytes; }

  /** Bytes kept. */
  get bytes(): number { return this.#blocks.size * this.#blockBytes; }

  /** Enters a prompt; returns how many of its first bytes were there before. */
  enter(prompt: Uint8Array): number {
    let chain = '';
    let held = 0;
    for (let at = 0; at + this.#blockBytes <= prompt.length; at += this.#blockBytes) {
      chain = createHash('sha1').update(chain).update(prompt.subarray(at, at + this.#blockBytes)).digest('base64');
      if (this.#blocks.has(chain)) held = at + this.#blockBytes;
      this.#blocks.add(chain);
    }
    return held;
  }
}
