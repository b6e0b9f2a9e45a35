/**
 * Numbers of 0 <= x < 1, the same for the same seed on every machine: xoshiro128** (Blackman and Vigna, https://prng.di.unimi.it/), 32 bits a number, period 2^128 - 1. Its state is filled by SplitMix32 (a Weyl sequence through
 * the finaliser of MurmurHash3), so that seeds 1 and 2 have nothing in common. Any number is a seed; its lower 53 bits count.
 */
export function seededRandom(seed: number): () => number {
  const state = new Int32Array(4);
  let weyl = (seed | 0) ^ Math.imul(Math.floor(seed / 2 ** 32) | 0, 0x85ebca6b);
  for (let at = 0; at < 4; at++) state[at] = mix(weyl = (weyl + 0x9e3779b9) | 0);
  return () => {
    const second = state[1]!;
    const multiplied = Math.imul(second, 5);
    const result = Math.imul((multiplied << 7) | (multiplied >>> 25), 9) >>> 0;
    const third = state[2]! ^ state[0]!, fourth = state[3]! ^ second;
    state[1] = second ^ third;
    state[0] = state[0]! ^ fourth;
    state[2] = third ^ (second << 9);
    state[3] = (fourth << 11) | (fourth >>> 21);
    return result / 2 ** 32;
  };
}

function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
