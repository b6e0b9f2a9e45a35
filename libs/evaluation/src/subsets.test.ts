import { ruleNamed } from '@slowthink/decoding';
import { passAtK } from '@slowthink/statistics';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnsOf, rightOf } from './columns.ts';
import { layOut } from './layout.ts';
import { accuracyWith, powersTo, subsetsOf } from './subsets.ts';
import { verdictsOf } from './testing/verdicts.ts';

const options = { subsets: 200, seed: 0 };
const accuracyOf = (rule: string, n: number, ...candidates: readonly string[]): number => accuracyWith(layOut([columnsOf(verdictsOf('q', candidates))]), ruleNamed(rule), n, options)[0]!;

describe('subsetsOf', () => {
  it('takes all subsets where there are no more than asked for: 6 pairs of 4', () => {
    expect(subsetsOf(4, 2, options).map((one) => [...one].join(''))).toEqual(['01', '02', '03', '12', '13', '23']);
    expect(subsetsOf(16, 1, options)).toHaveLength(16);
    expect(subsetsOf(16, 16, options)).toHaveLength(1);
  });

  it('draws so many seeded ones where there are more: 8 of 16 is 12,870 ways', () => {
    const drawn = subsetsOf(16, 8, options);
    expect(drawn).toHaveLength(200);
    expect(drawn).toEqual(subsetsOf(16, 8, options));
    expect(drawn).not.toEqual(subsetsOf(16, 8, { ...options, seed: 1 }));
    expect(new Set(drawn.map(String)).size).toBeGreaterThan(190); // not the first 8, again and again
    for (const one of drawn) expect(new Set(one).size).toBe(8);
  });
});

describe('accuracyWith', () => {
  it('is the mean over subsets by hand: of A .9, B .5, B .6 best-of-2 is right in 01 and 02, maj@2 where A comes first', () => {
    expect(accuracyOf('bon-min', 2, 'A .9', 'B .5', 'B .6')).toBeCloseTo(2 / 3, 15);
    expect(accuracyOf('maj', 2, 'A .9', 'B .5', 'B .6')).toBeCloseTo(2 / 3, 15); // 01 and 02 are ties, which the first wins
    expect(accuracyOf('maj', 2, 'B .5', 'A .9', 'B .6')).toBeCloseTo(1 / 3, 15);
    expect(accuracyOf('maj', 3, 'A .9', 'B .5', 'B .6')).toBe(0);
  });

  it('of one candidate is pass@1 for every rule, and never above pass@n', () => {
    const candidate = fc.tuple(fc.constantFrom('A', 'B', 'C', '-', '~'), fc.integer({ min: 0, max: 10 })).map(([answer, value]) => `${answer} ${value / 10}`);
    fc.assert(fc.property(fc.array(candidate, { minLength: 1, maxLength: 7 }), fc.constantFrom('maj', 'bon-min', 'vote-sum-min', 'vote-mean-last'), fc.nat({ max: 6 }), (candidates, rule, more) => {
      const n = 1 + more % candidates.length, right = rightOf(columnsOf(verdictsOf('q', candidates)));
      expect(accuracyOf(rule, 1, ...candidates)).toBeCloseTo(passAtK(candidates.length, right, 1), 12);
      expect(accuracyOf(rule, n, ...candidates)).toBeLessThanOrEqual(passAtK(candidates.length, right, n) + 1e-12);
    }));
  });
});

describe('powersTo', () => {
  it('is 1, 2, 4, … and N', () => {
    expect(powersTo(16)).toEqual([1, 2, 4, 8, 16]);
    expect(powersTo(12)).toEqual([1, 2, 4, 8, 12]);
    expect(powersTo(1)).toEqual([1]);
  });
});
