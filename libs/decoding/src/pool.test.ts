import { describe, expect, it } from 'vitest';
import { everyMember, poolOf, reducerNames } from './index.ts';

describe('poolOf', () => {
  it('numbers answers by first appearance, -1 where there is none, and has a score a candidate and reducer', () => {
    const pool = poolOf([{ answer: 'B', values: [0.5, 0.25] }, { answer: undefined, values: [1] }, { answer: 'A', values: null }, { answer: 'B', values: [1, 1] }]);
    expect(pool.size).toBe(4);
    expect([...pool.answers]).toEqual([0, -1, 1, 0]);
    expect(pool.answerCount).toBe(2);
    expect([...pool.scores.min]).toEqual([0.25, 1, NaN, 1]);
    expect([...pool.scores.mean]).toEqual([0.375, 1, NaN, 1]);
    expect(Object.keys(pool.scores)).toEqual(reducerNames);
  });
  it('takes any text for an answer, also one that is empty or has the name of a method', () => expect([...poolOf(['', 'constructor', '__proto__', ''].map((answer) => ({ answer, values: null }))).answers]).toEqual([0, 1, 2, 0]));
  it('is empty without candidates', () => {
    const pool = poolOf([]);
    expect([pool.size, pool.answerCount, [...everyMember(pool)]]).toEqual([0, 0, []]);
  });
});
