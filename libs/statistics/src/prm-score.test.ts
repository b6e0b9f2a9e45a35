import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prmScore, type PrmScoreItem } from './index.ts';

const items: readonly PrmScoreItem[] = [
  { errorClass: 'circular', right: [true, false, false], predicted: [true, false, true], original: [true, true, true] }, // TP 1, TN 1, FP 1; shares 2/3 and 1
  { errorClass: 'multi_solutions', right: [true, true], predicted: [true, false] }, // TP 1, FN 1
];

describe('prmScore', () => {
  it('is the mean of F1 and negative F1 of a class: 2/3 and 2/3', () => {
    expect(prmScore(items).classes.get('circular')).toEqual({ steps: 3, wrongSteps: 2, f1: 2 / 3, negativeF1: 2 / 3, score: 2 / 3, similarity: expect.closeTo(1 / 3, 12) });
  });
  it('takes the steps of all items together, not the mean of classes: TP 2, FP 1, TN 1, FN 1 give (2/3 + 1/2) / 2', () => {
    const { f1, negativeF1, score } = prmScore(items).total;
    expect([f1, negativeF1]).toEqual([2 / 3, 0.5]);
    expect(score).toBeCloseTo(7 / 12, 12);
  });
  it('is the F1 alone for a class without wrong steps, as the leaderboard has several solutions', () => expect(prmScore(items).classes.get('multi_solutions')).toEqual({ steps: 2, wrongSteps: 0, f1: 2 / 3, negativeF1: null, score: 2 / 3, similarity: null }));
  it('leaves the unchanged chains (class correct) out of the total, not out of the classes', () => {
    const { total, classes } = prmScore([...items, { errorClass: 'correct', right: [true, true], predicted: [false, false] }]);
    expect(total).toEqual(prmScore(items).total);
    expect(classes.get('correct')!.f1).toBe(0);
  });
  it('is 0, not undefined, for a scorer that calls every step the contrary; null without steps', () => {
    expect(prmScore([{ errorClass: 'a', right: [true, false], predicted: [false, true] }]).total.score).toBe(0);
    expect(prmScore([]).total).toEqual({ steps: 0, wrongSteps: 0, f1: null, negativeF1: null, score: null, similarity: null });
  });
  it('keeps to 0..1 whatever the order, and is 1 exactly for a scorer that is always right', () => {
    const item = fc.record({ errorClass: fc.constantFrom('a', 'b'), right: fc.array(fc.boolean(), { maxLength: 5 }), predicted: fc.array(fc.boolean(), { maxLength: 5 }) });
    fc.assert(fc.property(fc.array(item, { maxLength: 8 }), (some) => {
      const { total } = prmScore(some);
      expect(prmScore(some.toReversed()).total).toEqual(total);
      if (total.score === null) return;
      expect(total.score >= 0 && total.score <= 1).toBe(true);
      expect(total.score === 1).toBe(some.every(({ right, predicted }) => right.slice(0, predicted.length).every((step, at) => step === predicted[at])));
    }));
  });
});
