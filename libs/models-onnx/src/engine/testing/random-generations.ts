import type { Generation } from '../../engine-types.ts';
import { uniformAt } from '../philox.ts';

export const neverStops = { push: () => false };

export interface RandomGenerationsOptions {
  readonly vocab: number;
  readonly tokensMax?: number; // generated tokens a sample at most, default 40
  readonly samplesMax?: number; // default 4
}

/** `count` requests as a search makes them, the same for the same seed: few prompts, prefixes of each other, some long; all kinds of sampling; rows that end by eos, by a watch, by length. */
export function randomGenerations(count: number, seed: number, { vocab, tokensMax = 40, samplesMax = 4 }: RandomGenerationsOptions): readonly Generation[] {
  return Array.from({ length: count }, (_, index) => {
    const at = (i: number) => uniformAt(seed + index, i);
    const below = (n: number, i: number) => Math.floor(at(i) * n);
    const family = below(Math.ceil(count / 6), 0);
    const piece = (depth: number) => Array.from({ length: 3 + Math.floor(uniformAt(seed + 7919 * family, 1000 + depth) ** 3 * 90) }, (_, i) => Math.floor(uniformAt(seed + 7919 * family + depth, i) * vocab));
    const endsAt = below(tokensMax, 9);
    return {
      pieces: Array.from({ length: 1 + below(4, 1) }, (_, depth) => piece(depth)),
      n: 1 + below(samplesMax, 2), seed: below(2 ** 31, 3), logprobs: at(8) < 0.3,
      sampling: { temperature: [0, 0.7, 1, 1.3][below(4, 4)]!, topK: [0, 0, 20][below(3, 5)]!, topP: [1, 1, 0.9][below(3, 6)]!, minP: [0, 0, 0.05][below(3, 7)]!, maxTokens: 1 + below(tokensMax, 10) },
      eos: new Set([3, 11, 12, 13, 14, 15]),
      watch: () => { let seen = 0; return { push: () => ++seen === endsAt }; },
    };
  });
}
