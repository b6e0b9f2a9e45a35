import { seededRandom } from './seeded-random.ts';

export interface ResampleOptions {
  /** Sizes; items stand stratum after stratum. */
  readonly strata: readonly number[];
  readonly draws: number;
  readonly seed: number;
  /** Indices of the items of a draw, in place of the seeded ones: for checks against another implementation. */
  readonly resample?: (draw: number) => Int32Array;
}

/**
 * Gives the items of one draw after the other (0, 1, …, each once and in order): from each stratum as many as it has, with replacement. The same seed and strata give the same draws, so statistics of one and the same items are paired. The array is
 * filled again for the next draw.
 */
export function itemResampler({ strata, seed, resample }: ResampleOptions): (draw: number) => Int32Array {
  if (resample !== undefined) return resample;
  const random = seededRandom(seed);
  const drawn = new Int32Array(strata.reduce((sum, size) => sum + size, 0));
  return () => {
    let at = 0;
    for (const size of strata) for (const start = at; at < start + size; at++) drawn[at] = start + Math.floor(random() * size);
    return drawn;
  };
}
