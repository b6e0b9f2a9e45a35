import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseThreshold, firstWrongStep, processBenchAverage, processBenchScore, type CalibrationChain } from './index.ts';

describe('firstWrongStep', () => {
  it('is the first step whose value is not above the threshold, counted from 0', () => {
    expect(firstWrongStep([0.9, 0.5, 0.1], 0.5)).toBe(1);
    expect(firstWrongStep([0.9, 0.51, 0.1], 0.5)).toBe(2);
    expect(firstWrongStep([0.2, 0.9], 0.5)).toBe(0);
  });
  it('is -1 where every step is above it, also without steps', () => {
    expect(firstWrongStep([0.9, 0.8], 0.5)).toBe(-1);
    expect(firstWrongStep([], 0.5)).toBe(-1);
  });
  it('takes a value that is NaN for not above', () => expect(firstWrongStep([0.9, NaN, 0.1], 0.5)).toBe(1));
});

describe('processBenchScore', () => {
  it('is the harmonic mean of 1 of 2 chains with an error found exactly and 3 of 4 without one left alone: 2 x 0.375 / 1.25 = 0.6', () => {
    const score = processBenchScore([{ label: 2, predicted: 2 }, { label: 2, predicted: 1 }, { label: -1, predicted: -1 }, { label: -1, predicted: -1 }, { label: -1, predicted: -1 }, { label: -1, predicted: 0 }]);
    expect(score).toEqual({ erroneous: 0.5, correct: 0.75, f1: 0.6, erroneousItems: 2, correctItems: 4 });
  });
  it('gives nothing for the right verdict on a chain whose wrong step is another one', () => expect(processBenchScore([{ label: 3, predicted: 2 }, { label: -1, predicted: -1 }]).f1).toBe(0));
  it('is 0 where nothing is right, null where a kind of chain is missing', () => {
    expect(processBenchScore([{ label: 0, predicted: -1 }, { label: -1, predicted: 0 }]).f1).toBe(0);
    expect(processBenchScore([{ label: 0, predicted: 0 }])).toEqual({ erroneous: 1, correct: null, f1: null, erroneousItems: 1, correctItems: 0 });
    expect(processBenchScore([])).toEqual({ erroneous: null, correct: null, f1: null, erroneousItems: 0, correctItems: 0 });
  });
  it('averages subsets each alike, whatever their size', () => {
    const perfect = processBenchScore([{ label: 0, predicted: 0 }, { label: -1, predicted: -1 }]);
    const half = processBenchScore(Array.from({ length: 8 }, (_, at) => ({ label: at < 4 ? 1 : -1, predicted: at % 2 === 0 ? (at < 4 ? 1 : -1) : 0 })));
    expect(processBenchAverage([perfect, half])).toBe(0.75);
    expect(processBenchAverage([])).toBeNull();
    expect(processBenchAverage([perfect, processBenchScore([])])).toBeNull();
  });
});

describe('chooseThreshold', () => {
  // Exact for: [0.3, 0.9) the error at step 1, [0, 0.6) and [0, 0.4) the chains without one, [0.5, …) the error at step 0.
  //   t in [0, 0.3) F1 0   [0.3, 0.4) 2 x 1/2 x 1 / 1.5 = 2/3   [0.4, 0.5) 1/2   [0.5, 0.6) 2 x 1 x 1/2 / 1.5 = 2/3   [0.6, 1) 0
  const chains: readonly CalibrationChain[] = [{ label: 1, values: [0.9, 0.3] }, { label: -1, values: [0.6, 0.8] }, { label: -1, values: [0.4, 0.7] }, { label: 0, values: [0.5, 0.9] }];
  it('takes the middle of the best range, of equally good ones the one nearest to 0.5', () => {
    const { threshold, f1 } = chooseThreshold(chains)!;
    expect(threshold).toBeCloseTo(0.55, 12);
    expect(f1).toBeCloseTo(2 / 3, 12);
  });
  it('is null without chains of both kinds', () => {
    expect(chooseThreshold(chains.filter(({ label }) => label >= 0))).toBeNull();
    expect(chooseThreshold(chains.filter(({ label }) => label < 0))).toBeNull();
    expect(chooseThreshold([])).toBeNull();
  });
  it('reaches the F1 that the score has at its threshold, and no threshold has a higher one', () => {
    const value = fc.constantFrom(0, 0.1, 0.2, 0.4, 0.5, 0.6, 0.8, 0.95, 1);
    const chain = fc.record({ label: fc.integer({ min: -1, max: 3 }), values: fc.array(value, { minLength: 1, maxLength: 4 }) });
    fc.assert(fc.property(fc.array(chain, { maxLength: 10 }), (some) => {
      const at = (threshold: number): number | null => processBenchScore(some.map(({ label, values }) => ({ label, predicted: firstWrongStep(values, threshold) }))).f1;
      const chosen = chooseThreshold(some);
      expect(chosen === null).toBe(at(0.5) === null);
      if (chosen === null) return;
      expect(chosen.threshold > 0 && chosen.threshold < 1).toBe(true);
      expect(at(chosen.threshold)).toBeCloseTo(chosen.f1, 12);
      for (let threshold = 0; threshold < 1; threshold += 0.05) expect(at(threshold)).toBeLessThanOrEqual(chosen.f1 + 1e-12);
    }), { numRuns: 300 });
  });
  it('keeps to 0..1 where a step has no value', () => expect(chooseThreshold([{ label: 0, values: [NaN] }, { label: -1, values: [0.8] }])).toEqual({ threshold: 0.4, f1: 1 }));
});
