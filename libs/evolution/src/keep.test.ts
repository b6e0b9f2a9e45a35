import { describe, expect, it } from 'vitest';
import { bestRound, isStalled } from './keep.ts';

const of = (...values: readonly (number | null)[]) => values.map((value, round) => ({ round, value }));

describe('which round is kept', () => {
  it('is the one with the highest number, of equal ones the earliest; the base where none has one', () => {
    expect([of(0.4, 0.6, 0.5), of(0.4, 0.6, 0.6), of(0.7, 0.6), of(null, 0.3), of(null, null), []].map(bestRound)).toEqual([1, 1, 0, 1, 0, 0]);
  });

  it('is not looked for any longer after so many rounds without a better one', () => {
    const stalled = (patience: number | null, ...values: readonly number[]): boolean => isStalled(of(...values), patience);
    expect([stalled(1, 0.4), stalled(1, 0.4, 0.5), stalled(1, 0.4, 0.4), stalled(2, 0.5, 0.4), stalled(2, 0.5, 0.4, 0.4), stalled(null, 0.5, 0.4, 0.3)]).toEqual([false, false, true, false, true, false]);
  });
});
