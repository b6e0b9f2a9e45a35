import { expect, it } from 'vitest';
import { philox2x32, uniformAt } from './philox.ts';

it('gives the words of the published test vectors (Random123, kat_vectors, philox2x32 with 10 rounds)', () => {
  expect(philox2x32(0, 0, 0)).toEqual([0xff1dae59, 0x6cd10df2]);
  expect(philox2x32(0xffffffff, 0xffffffff, 0xffffffff)).toEqual([0x2c3f628b, 0xab4fd7ad]);
  expect(philox2x32(0x243f6a88, 0x85a308d3, 0x13198a2e)).toEqual([0xdd7ce038, 0xf62a4c12]);
});

it('depends on every bit of a seed up to 2^53, and on the index', () => {
  const seeds = [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1];
  const seen = new Set(seeds.flatMap((seed) => [0, 1, 2, 511].map((index) => uniformAt(seed, index))));
  expect(seen.size).toBe(seeds.length * 4);
  expect([...seen].every((u) => u >= 0 && u < 1)).toBe(true);
});

it('is uniform and free of correlation along the index and between neighbouring seeds', () => {
  const rows = 300, columns = 300, cells = 16;
  const cell = (seed: number, index: number) => Math.floor(uniformAt(seed, index) * cells);
  const counts = { single: new Float64Array(cells), nextIndex: new Float64Array(cells ** 2), nextSeed: new Float64Array(cells ** 2) };
  for (let seed = 0; seed < rows; seed++) {
    for (let index = 0; index < columns; index++) {
      const here = cell(seed, index);
      counts.single[here]!++;
      counts.nextIndex[here * cells + cell(seed, index + 1)]!++;
      counts.nextSeed[here * cells + cell(seed + 1, index)]!++;
    }
  }
  for (const observed of Object.values(counts)) {
    const expected = rows * columns / observed.length, freedom = observed.length - 1;
    const chiSquare = observed.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(Math.abs(chiSquare - freedom)).toBeLessThan(4 * Math.sqrt(2 * freedom)); // four standard deviations of chi-square
  }
});
