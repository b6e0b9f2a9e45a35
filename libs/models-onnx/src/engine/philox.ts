// Philox2x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a bijection of 64 bits under a key, so the number at a place needs no numbers before it.
const multiplier = 0xd256d193;
const weyl = 0x9e3779b9;

/** The two 32-bit words at counter (low, high) under `key`. */
export function philox2x32(low: number, high: number, key: number): readonly [number, number] {
  let left = low >>> 0, right = high >>> 0, k = key >>> 0;
  for (let round = 0; round < 10; round++) {
    const carried = highWord(left);
    const rest = Math.imul(left, multiplier) >>> 0;
    left = (carried ^ k ^ right) >>> 0;
    right = rest;
    k = (k + weyl) >>> 0;
  }
  return [left, right];
}

/** Upper 32 bits of a 32-bit number times the multiplier. */
function highWord(n: number): number {
  const upper = n >>> 16, lower = n & 0xffff, mUpper = multiplier >>> 16, mLower = multiplier & 0xffff;
  const cross = upper * mLower + ((lower * mLower) >>> 16);
  const other = lower * mUpper + (cross & 0xffff);
  return upper * mUpper + (cross >>> 16) + (other >>> 16);
}

/** Uniform in [0, 1) with 53 bits: a pure function of the seed (an integer of 0..2^53) and the index of the token in its sample. */
export function uniformAt(seed: number, index: number): number {
  const [left, right] = philox2x32(index, seed, Math.floor(seed / 2 ** 32));
  return ((left >>> 5) * 2 ** 26 + (right >>> 6)) / 2 ** 53;
}
