import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { prefixesOf } from './prefixes.ts';
import { candidateOf } from './testing/verdicts.ts';

const plain = (of: ReturnType<typeof prefixesOf>): unknown => ({ inner: of.inner, values: [...of.values].map((value) => Math.round(value * 1e6) / 1e6), rollouts: [...of.rollouts], right: [...of.right] });

describe('prefixesOf', () => {
  it('counts a prefix that two candidates share as two rollouts: x is right once of 2; x y and x z end one candidate each', () => {
    const both = [candidateOf('A .6 .9', 0, 'A', ['x', 'y']), candidateOf('B .6 .2', 1, 'A', ['x', 'z'])];
    expect(plain(prefixesOf(both))).toEqual({ inner: 1, values: [0.6, 0.9, 0.2], rollouts: [2, 1, 1], right: [1, 1, 0] });
  });

  it('tells the same step behind other steps apart, and a prefix that ends one candidate from the one that another goes on from', () => {
    const apart = [candidateOf('A .5 .7', 0, 'A', ['x', 'y']), candidateOf('B .4 .1', 1, 'A', ['w', 'y'])];
    expect(plain(prefixesOf(apart))).toEqual({ inner: 2, values: [0.5, 0.4, 0.7, 0.1], rollouts: [1, 1, 1, 1], right: [1, 0, 1, 0] });
    const longer = [candidateOf('A .5', 0, 'A', ['x']), candidateOf('- .5 .1', 1, 'A', ['x', 'y'])];
    expect(plain(prefixesOf(longer))).toEqual({ inner: 1, values: [0.5, 0.5, 0.1], rollouts: [1, 1, 1], right: [0, 1, 0] });
  });

  it('counts an unscored candidate as a rollout where a scored one shares the prefix, and leaves out prefixes without a value', () => {
    const some = [candidateOf('A .6 .9', 0, 'A', ['x', 'y']), candidateOf('B', 1, 'A', ['x', 'z']), candidateOf('B', 2, 'A', ['w', 'z'])];
    expect(plain(prefixesOf(some))).toEqual({ inner: 1, values: [0.6, 0.9], rollouts: [2, 1], right: [1, 1] });
  });

  it('takes the mean of values that differ in their last digits', () => {
    expect([...prefixesOf([candidateOf('A .4', 0, 'A', ['x']), candidateOf('A .6', 1, 'A', ['x'])]).values]).toEqual([0.5]);
  });

  it('has as many rollouts as all candidates have steps, and a final one a candidate', () => {
    const candidate = fc.record({ steps: fc.array(fc.constantFrom('x', 'y', 'z'), { minLength: 1, maxLength: 4 }), right: fc.boolean() });
    fc.assert(fc.property(fc.array(candidate, { maxLength: 8 }), (candidates) => {
      const { inner, rollouts, right } = prefixesOf(candidates.map(({ steps, right: isRight }, seed) => candidateOf(`${isRight ? 'A' : 'B'} ${steps.map(() => '.5').join(' ')}`, seed, 'A', steps)));
      const sum = (column: Float64Array): number => column.reduce((total, n) => total + n, 0);
      expect(sum(rollouts)).toBe(candidates.reduce((total, { steps }) => total + steps.length, 0));
      expect(sum(rollouts.subarray(inner))).toBe(candidates.length);
      expect(sum(right.subarray(inner))).toBe(candidates.filter((one) => one.right).length);
    }));
  });
});
