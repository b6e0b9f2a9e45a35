import { hashSeed } from '@slowthink/records';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hardestOf, hardnessOf, type CurriculumRule, type Probed } from './hardest-of.ts';
import { tallyOf } from './tally-of.ts';

const half: CurriculumRule = { keep: 0.5, keepCount: null, dropNeverRight: false, seed: 0 };
const of = (id: string, right: number, n = 8): Probed => ({ id, right, n });
const ids = (all: readonly Probed[]): string => all.map(({ id }) => id).join(' ');

// hardness: a 8/8 -> 0, b 0/8 -> 1, c 3/8 -> 0.625, d 7/8 -> 0.125, e 3/8 -> 0.625, f 8/8 -> 0, g 3/8 -> 0.625
const seven = [of('a', 8), of('b', 0), of('c', 3), of('d', 7), of('e', 3), of('f', 8), of('g', 3)];

describe('hardestOf', () => {
  it('drops what is always right and keeps the hardest share of the rest: 3 of 5, the half rounded up', () => {
    expect(seven.map(hardnessOf)).toEqual([0, 1, 0.625, 0.125, 0.625, 0, 0.625]);
    // Candidates b c d e g; ceil(0.5 * 5) = 3. b first; c, e and g are equally hard: the two with the lowest hash of seed and id.
    const tied = ['c', 'e', 'g'].toSorted((x, y) => hashSeed(0, 'curriculum', x) - hashSeed(0, 'curriculum', y));
    expect(ids(hardestOf(seven, half))).toBe(`b ${tied[0]} ${tied[1]}`);
    expect(ids(hardestOf(seven, { ...half, keep: 1 }))).toBe(`b ${tied.join(' ')} d`);
  });

  it('orders questions of equal hardness otherwise with another seed', () => {
    const orders = new Set(Array.from({ length: 40 }, (_, seed) => ids(hardestOf(seven, { ...half, seed, keep: 1 }))));
    expect(orders.size).toBe(6); // 3! orders of c, e and g
    for (const order of orders) expect(order).toMatch(/^b [ceg] [ceg] [ceg] d$/);
  });

  it('keeps what is never right as the hardest, unless it is to be dropped', () => {
    expect(ids(hardestOf([of('never', 0), of('rarely', 1), of('often', 6)], half))).toBe('never rarely'); // ceil(1.5)
    expect(ids(hardestOf([of('never', 0), of('rarely', 1), of('often', 6)], { ...half, dropNeverRight: true }))).toBe('rarely'); // ceil(0.5 * 2)
  });

  it('keeps a number of questions instead of a share, all where there are fewer', () => {
    expect(ids(hardestOf([of('x', 2), of('y', 1), of('z', 5)], { ...half, keepCount: 1 }))).toBe('y');
    expect(ids(hardestOf([of('x', 2), of('y', 1), of('z', 5)], { ...half, keepCount: 9 }))).toBe('y x z');
  });

  it('is not off by one where a share times a count misses a whole number by rounding: 0.07 of 100 is 7', () => {
    expect(0.07 * 100).toBeGreaterThan(7);
    const hundred = Array.from({ length: 100 }, (_, index) => of(`q${index}`, index % 8));
    expect(hardestOf(hundred, { ...half, keep: 0.07 })).toHaveLength(7);
    expect(hardestOf(hundred, { ...half, keep: 0.0701 })).toHaveLength(8);
    expect(hardestOf(hundred, { ...half, keep: 0 })).toEqual([]);
  });

  it('keeps nothing of questions that are always right', () => {
    expect(hardestOf([of('a', 8), of('b', 4, 4)], { ...half, keep: 1 })).toEqual([]);
  });

  it('gives the same questions in the same order whatever the order they come in, and none that is left out is harder than one that is kept', () => {
    const probed = fc.uniqueArray(fc.record({ id: fc.string({ minLength: 1, maxLength: 6 }), n: fc.constantFrom(3, 6, 8) }).chain(({ id, n }) => fc.record({ id: fc.constant(id), n: fc.constant(n), right: fc.nat({ max: n }) })), { selector: ({ id }) => id, maxLength: 60 });
    const rule = fc.record({ keep: fc.double({ min: 0, max: 1, noNaN: true }), keepCount: fc.option(fc.nat({ max: 70 })), dropNeverRight: fc.boolean(), seed: fc.nat({ max: 1000 }) });
    fc.assert(fc.property(probed, rule, fc.infiniteStream(fc.nat()), (questions, one, random) => {
      const kept = hardestOf(questions, one);
      const shuffled = questions.map((question) => ({ question, at: random.next().value as number })).toSorted((a, b) => a.at - b.at).map(({ question }) => question);
      expect(hardestOf(shuffled, one)).toEqual(kept);
      const softest = Math.min(1, ...kept.map(hardnessOf));
      const candidates = questions.filter(({ right, n }) => right < n && (right > 0 || !one.dropNeverRight));
      for (const left of candidates.filter((question) => !kept.includes(question))) expect(hardnessOf(left)).toBeLessThanOrEqual(softest);
      for (const question of kept) expect(candidates).toContain(question);
    }), { numRuns: 500 });
  });
});

describe('tallyOf', () => {
  it('counts questions and kept ones by data set and right / n, hardest first', () => {
    const named = [{ ...of('a', 8), dataset: 'y' }, { ...of('b', 0), dataset: 'y' }, { ...of('c', 0), dataset: 'x' }, { ...of('d', 0), dataset: 'y' }];
    expect(tallyOf(named, [named[1]!, named[2]!])).toEqual([
      { dataset: 'x', right: 0, n: 8, questions: 1, kept: 1 },
      { dataset: 'y', right: 0, n: 8, questions: 2, kept: 1 },
      { dataset: 'y', right: 8, n: 8, questions: 1, kept: 0 },
    ]);
  });
});
