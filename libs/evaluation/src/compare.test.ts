import { ruleNamed } from '@slowthink/decoding';
import { describe, expect, it } from 'vitest';
import { columnsOf, compareEvaluations, type ItemColumns } from './index.ts';
import { four, verdictsOf } from './testing/verdicts.ts';

const quick = { draws: 200 };
const run = (...items: readonly (readonly [id: string, ...candidates: readonly string[]])[]): readonly ItemColumns[] => items.map(([id, ...candidates]) => columnsOf(verdictsOf(id, candidates, { dataset: id.split('/')[0]! })));

// maj:  x/1 a right, b wrong; x/2 both right; x/3 a wrong, b right; y/1 a right, b wrong
const a = run(['x/1', 'A .5'], ['x/2', 'A .5'], ['x/3', 'B .5'], ['y/1', 'A .5'], ['x/only-a', 'A .5']);
const b = run(['x/3', 'A .5'], ['x/1', 'B .5'], ['x/2', 'A .5'], ['y/1', '- .5'], ['z/only-b', 'A .5']);

describe('compareEvaluations', () => {
  it('compares items of the same id: differences over all and a set, flips, and what only one run has', () => {
    const result = compareEvaluations(a, b, { ...quick, rules: [ruleNamed('maj')], titles: { x: 'Set X' } });
    expect(result).toMatchObject({ comparison: 1, items: 4, onlyInA: ['x/only-a'], onlyInB: ['z/only-b'], a: { items: 5, candidates: 1, policy: { model: 'policy' } }, b: { items: 5 }, notes: [] });
    const [maj] = result.rules;
    expect(maj!.all).toMatchObject({ set: null, n: 4, a: { value: 0.75 }, b: { value: 0.5 }, difference: { value: 0.25 }, onlyA: 2, onlyB: 1, p: 1, test: 'exact' });
    expect(maj!.sets.map(({ title, n, difference, onlyA, onlyB }) => [title, n, difference.value, onlyA, onlyB])).toEqual([['Set X', 3, 0, 1, 1], ['y', 1, 1, 1, 0]]);
    expect(maj!.flips).toEqual({ onlyA: ['x/1', 'y/1'], onlyB: ['x/3'] });
    expect(result.method).toEqual({ draws: 200, seed: 0, confidence: 0.95 });
  });

  it('finds no difference between a run and itself', () => {
    for (const { all, flips } of compareEvaluations(a, a, quick).rules) {
      expect(all).toMatchObject({ difference: { value: 0, low: 0, high: 0 }, onlyA: 0, onlyB: 0, p: null, test: 'none' });
      expect(flips).toEqual({ onlyA: [], onlyB: [] });
    }
  });

  it('turns round with the runs', () => {
    const [there, back] = [compareEvaluations(a, b, quick).rules[0]!, compareEvaluations(b, a, quick).rules[0]!];
    expect(back.flips).toEqual({ onlyA: there.flips.onlyB, onlyB: there.flips.onlyA });
    expect(back.all.difference.value).toBeCloseTo(-there.all.difference.value!, 15);
    expect(back.all.difference.low).toBeCloseTo(-there.all.difference.high!, 15);
  });

  it('leaves out rules that only one run allows, and says so, as it does of other numbers of candidates, other graders and other ways of decoding', () => {
    const plain = run(['x/1', 'A', 'A'], ['x/2', 'B', 'B']).map((item) => ({ ...item, grader: 'judge', decode: 'beam:2' }));
    const result = compareEvaluations(a, plain, quick);
    expect(result.rules.map(({ rule }) => rule)).toEqual(['maj']);
    expect(result.notes).toEqual([expect.stringContaining('Only one of the two runs allows these rules, which are left out: bon-last, '), 'The runs have 1 and 2 candidates an item: a difference may be one of their number.', 'The runs were judged by other graders (rules, judge): a difference may be one of theirs.',
      'Candidates were made in other ways (sample, beam:2): a difference may be one of the search, and not of the models.']);
    expect(() => compareEvaluations(a, plain, { ...quick, rules: [ruleNamed('bon-min')] })).toThrow('The rule bon-min cannot be computed');
  });

  it('refuses runs without a common item, and one id with another prompt or gold', () => {
    expect(() => compareEvaluations(a, run(['q/1', 'A']), quick)).toThrow('The two runs have no item in common: one has x/1, x/2, …, the other q/1.');
    expect(() => compareEvaluations(a, [columnsOf(verdictsOf('x/1', ['A .5'], { dataset: 'x', gold: { ...four, answer: 'B' } as typeof four }))], quick)).toThrow('Item x/1 has another prompt or another gold answer in the second run.');
  });
});
