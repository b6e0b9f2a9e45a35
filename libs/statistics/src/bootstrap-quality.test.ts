import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc, bootstrapMeans, bootstrapQuality, brier, calibration, itemResampler } from './index.ts';

const entry = fc.record({ value: fc.constantFrom(0, 0.2, 0.35, 0.5, 0.9, 1), right: fc.nat(3), wrong: fc.nat(3), item: fc.nat(4) });

describe('bootstrapQuality', () => {
  it('has the area, the Brier score and the calibration error of the entries of the drawn questions, each as often as it was drawn', () => {
    fc.assert(fc.property(fc.array(entry, { maxLength: 15 }), fc.integer(), (entries, seed) => {
      const options = { strata: [2, 3], draws: 6, seed };
      const drawn = bootstrapQuality(entries.map(({ value }) => value), entries.map(({ right }) => right), entries.map(({ right, wrong }) => right + wrong), entries.map(({ item }) => item), { ...options, bins: 5 });
      const itemsOf = itemResampler(options);
      for (let draw = 0; draw < 6; draw++) {
        const some = [...itemsOf(draw)].flatMap((item) => entries.filter((one) => one.item === item));
        const [values, right, n] = [some.map(({ value }) => value), some.map((one) => one.right), some.map((one) => one.right + one.wrong)];
        for (const [number, expected] of [[drawn.auroc[draw]!, auroc(values, right, n)], [drawn.brier[draw]!, brier(values, right, n)], [drawn.ece[draw]!, calibration(values, right, n, 5).ece]] as const) {
          if (expected === null) expect(number).toBeNaN(); else expect(number).toBeCloseTo(expected, 12);
        }
      }
    }));
  });
  it('draws what bootstrapMeans draws: an entry a question at value 0 has the share of right ones as its Brier score', () => {
    const right = Float64Array.of(1, 0, 1, 1, 0, 0, 1), options = { strata: [3, 4], draws: 30, seed: 5 };
    const { brier: draws } = bootstrapQuality(new Float64Array(7), right, new Float64Array(7).fill(1), Int32Array.of(0, 1, 2, 3, 4, 5, 6), options);
    expect([...draws]).toEqual([...bootstrapMeans([right], { ...options, of: 'items' })[0]!]);
  });
  it('is NaN throughout where a value is NaN, and without entries', () => {
    const { auroc: area, brier: squares, ece } = bootstrapQuality([0.1, NaN], [1, 0], [1, 1], [0, 1], { strata: [2], draws: 4, seed: 1 });
    for (const draws of [area, squares, ece]) expect([...draws].every(Number.isNaN)).toBe(true);
    expect(bootstrapQuality([], [], [], [], { strata: [2], draws: 1, seed: 1 }).brier[0]).toBeNaN();
  });
});
