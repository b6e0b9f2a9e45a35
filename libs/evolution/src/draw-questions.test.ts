import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawQuestions } from './draw-questions.ts';

const poolOf = (sizes: readonly number[]) => sizes.flatMap((size, set) => Array.from({ length: size }, (_, at) => ({ id: `set${set}/train/${at}`, dataset: `set${set}` })));
const ids = (questions: readonly { readonly id: string }[]): readonly string[] => questions.map(({ id }) => id);

describe('drawQuestions', () => {
  it('gives every round new questions, as many as are wanted and no more of a set than is allowed, whatever the order of the files', () => {
    fc.assert(fc.property(fc.array(fc.nat({ max: 30 }), { minLength: 1, maxLength: 4 }), fc.nat({ max: 1000 }), fc.option(fc.integer({ min: 1, max: 20 })), fc.option(fc.integer({ min: 1, max: 8 })), (sizes, seed, perRound, perSet) => {
      const pool = poolOf(sizes), rule = { seed, perRound, perSet };
      const rounds = [1, 2, 3].map((round) => drawQuestions(pool, round, rule));
      const all = rounds.flatMap(ids);
      expect(new Set(all).size).toBe(all.length);
      for (const [at, round] of rounds.entries()) {
        expect(ids(drawQuestions(pool.toReversed(), at + 1, rule))).toEqual(ids(round));
        for (const set of new Set(pool.map(({ dataset }) => dataset))) expect(round.filter(({ dataset }) => dataset === set).length).toBeLessThanOrEqual(perSet ?? Infinity);
      }
      const left = sizes.map((size, set) => Math.min(perSet ?? Infinity, size - rounds.slice(0, 1).flat().filter(({ dataset }) => dataset === `set${set}`).length));
      expect(rounds[1]).toHaveLength(Math.min(perRound ?? Infinity, left.reduce((sum, one) => sum + one, 0)));
    }), { numRuns: 60 });
  });

  it('draws others with another seed', () => {
    const pool = poolOf([100]), rule = { perRound: 10, perSet: null };
    expect(ids(drawQuestions(pool, 1, { ...rule, seed: 1 }))).not.toEqual(ids(drawQuestions(pool, 1, { ...rule, seed: 2 })));
  });

  it('takes up to 500 of each set, as meds3-v2 does, and in a second round the next ones', () => {
    const pool = poolOf([700, 30]), rule = { seed: 0, perRound: null, perSet: 500 };
    expect([1, 2, 3].map((round) => drawQuestions(pool, round, rule).length)).toEqual([530, 200, 0]);
  });
});
