// The numbers of a step scorer, worked out by hand.
import { describe, expect, it } from 'vitest';
import { prmBenchQuality, processBenchQuality, thresholdOf, type ChangedChain, type ProcessChain, type Valued } from './prm-quality.ts';

const chain = (subset: string, label: number, values: readonly number[] | null): Valued<ProcessChain> => ({ chain: { kind: 'process-bench', subset, id: 'x', question: 'Q', steps: ['a', 'b', 'c'], label, place: 'p' }, values });
const changed = (errorClass: string, problem: string, right: readonly boolean[], values: readonly number[] | null): Valued<ChangedChain> => ({ chain: { kind: 'prm-bench', errorClass, id: `${errorClass}_${problem}`, problem, question: 'Q', steps: right.map(() => 'a'), right, place: 'p' }, values });
const half = { value: 0.5, from: 'given' } as const;

describe('the threshold', () => {
  const chains = [chain('gsm8k', 1, [0.9, 0.2, 0.1]), chain('gsm8k', -1, [0.9, 0.8, 0.7]), chain('math', 0, [0.6, 0.9, 0.9]), chain('math', -1, [0.9, 0.9, 0.95])];

  it('is the one that was given', () => expect(thresholdOf(chains, { threshold: 0.25 })).toEqual({ value: 0.25, from: 'given' }));

  it('is chosen on gsm8k where that is there, and on another subset where one is named, by the middle of the best range', () => {
    expect(thresholdOf(chains, {})).toEqual({ value: expect.closeTo(0.45, 12) as number, from: 'calibration', subset: 'gsm8k', f1: 1 }); // 0.2 <= t < 0.7
    expect(thresholdOf(chains, { calibrate: 'math' })).toEqual({ value: expect.closeTo(0.75, 12) as number, from: 'calibration', subset: 'math', f1: 1 }); // 0.6 <= t < 0.9
  });

  it('cannot be chosen on a subset that is not there, or has no chains of one sort: the message says which and what to do', () => {
    expect(() => thresholdOf(chains.slice(2), {})).toThrow('There is no threshold: no file holds the subset gsm8k, on which it is chosen when nothing else is said (there: math).');
    expect(() => thresholdOf([], {})).toThrow('There is no threshold: no file holds the subset gsm8k, on which it is chosen when nothing else is said.');
    expect(() => thresholdOf(chains, { calibrate: 'omnimath' })).toThrow('--calibrate is "omnimath"; no file holds that subset (there: gsm8k, math).');
    expect(() => thresholdOf(chains.slice(0, 1), {})).toThrow('No threshold can be chosen on gsm8k: it needs valued chains with a wrong step and valued chains without one.');
  });
});

describe('ProcessBench', () => {
  const chains = [chain('gsm8k', 1, [0.9, 0.2, 0.1]), chain('gsm8k', -1, [0.9, 0.8, 0.7]), chain('math', 1, [0.9, 0.1, 0.9]), chain('math', 1, [0.1, 0.1, 0.9]), chain('math', -1, [0.9, 0.9, 0.9]), chain('omnimath', 0, [0.4, 1, 1]), chain('omnimath', -1, [0.4, 1, 1])];

  it('gives the shares of chains with and without a wrong step and their harmonic mean, a subset at a time', () => {
    const { subsets, average } = processBenchQuality(chains, half);
    expect(subsets['math']).toMatchObject({ erroneous: 0.5, correct: 1, f1: 2 / 3, erroneousItems: 2, correctItems: 1, chains: 3, unscored: 0, role: 'test' });
    expect(subsets['omnimath']).toMatchObject({ erroneous: 1, correct: 0, f1: 0 });
    expect(average).toBeCloseTo((1 + 2 / 3 + 0) / 3, 12);
    expect(subsets['math']!.erroneousInterval!.map((end) => end.toFixed(4))).toEqual(['0.0945', '0.9055']); // Wilson, 1 of 2
  });

  it('leaves the calibration subset out of the mean of the tests, and says the mean with it apart', () => {
    const { subsets, average, averageWithCalibration } = processBenchQuality(chains, { value: 0.5, from: 'calibration', subset: 'gsm8k', f1: 1 });
    expect(Object.entries(subsets).map(([name, { role }]) => [name, role])).toEqual([['gsm8k', 'calibration'], ['math', 'test'], ['omnimath', 'test']]);
    expect(average).toBeCloseTo((2 / 3 + 0) / 2, 12);
    expect(averageWithCalibration).toBeCloseTo((1 + 2 / 3 + 0) / 3, 12);
  });

  it('counts a chain without values as missed, whatever its label is', () => {
    const { subsets } = processBenchQuality([chain('math', 1, [0.9, 0.1, 0.9]), chain('math', 2, null), chain('math', -1, [0.9, 0.9, 0.9]), chain('math', -1, null)], half);
    expect(subsets['math']).toMatchObject({ erroneous: 0.5, correct: 0.5, f1: 0.5, unscored: 2 });
  });

  it('has no mean where a subset lacks chains of one sort', () => {
    const { subsets, average } = processBenchQuality([chain('math', -1, [1, 1, 1])], half);
    expect([subsets['math']!.f1, subsets['math']!.erroneousInterval, average]).toEqual([null, null, null]);
  });
});

describe('PRMBench', () => {
  it('gives PRMScore by class and in all, without the unchanged chains, and how far the share of right steps lies from theirs', () => {
    const { total, classes, chains, unscored } = prmBenchQuality([
      changed('correct', '1', [true, true], [0.9, 0.9]), changed('circular', '1', [true, false, true, false], [0.9, 0.1, 0.2, 0.8]), changed('circular', '2', [true, false], null),
    ], half);
    // circular: one of two right steps is called right (TP 1, FN 1), one of two wrong ones wrong (TN 1, FP 1): both F1 = 2 / (2 + 1 + 1)
    expect(classes['circular']).toEqual({ steps: 4, wrongSteps: 2, f1: 0.5, negativeF1: 0.5, score: 0.5, similarity: 0.5 }); // | 2/4 - 2/2 |
    expect(total).toEqual(classes['circular']);
    expect(classes['correct']).toMatchObject({ steps: 2, f1: 1, negativeF1: null, similarity: null });
    expect([chains, unscored]).toEqual([3, 1]);
  });
});
