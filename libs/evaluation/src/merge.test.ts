import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeItem, mergeItems } from './index.ts';
import { candidateOf, four, verdictsOf } from './testing/verdicts.ts';

const first = verdictsOf('q', ['A .5', 'B .4']);
/** The same item from another seed: candidates of the seeds 1 (known) and 2. */
const second = { ...verdictsOf('q', ['B .4', 'A .9']), candidates: [candidateOf('B .4', 1), candidateOf('A .9', 2)] };

describe('mergeItem', () => {
  it('appends candidates and drops a seed that is there, with what it cost', () => {
    const merged = mergeItem(first, second);
    expect(merged.candidates.map(({ seed, verdict }) => [seed, verdict.answer])).toEqual([[0, 'A'], [1, 'B'], [2, 'A']]);
    expect(merged.usage).toEqual({ requests: 2, samples: 3, promptTokens: 200, completionTokens: 30 });
    expect(merged.scorerUsage).toEqual({ requests: 3, promptTokens: 60, completionTokens: 0 });
    expect(mergeItem(second, first).candidates.map(({ seed }) => seed)).toEqual([1, 2, 0]);
  });

  it('changes nothing when a record meets itself, whatever the order of its seeds: ties go to the candidate that stands first', () => {
    const candidate = fc.tuple(fc.constantFrom('A .5', 'B .5', '- .5', '~'), fc.nat(9)).map(([text, seed]) => candidateOf(text, seed));
    fc.assert(fc.property(fc.array(candidate, { minLength: 1, maxLength: 6 }), fc.boolean(), (candidates, greedy) => {
      const { scorerUsage, ...rest } = first;
      const record = { ...rest, candidates, greedy: greedy ? candidateOf('B', 9) : null, decode: 'beam:4', ...(greedy ? { greedyUsage: first.usage } : {}), scorerUsage }; // in the order of a results file
      expect(JSON.stringify(mergeItem(record, structuredClone(record)))).toBe(JSON.stringify(record));
    }), { numRuns: 50 });
  });

  it('takes the greedy solution of the first record that has one, with its usage, and knows of a cache only where both do', () => {
    const greedyUsage = { requests: 1, samples: 1, promptTokens: 100, completionTokens: 10 };
    const greedy = { ...second, greedy: candidateOf('A', 9), greedyUsage, usage: { ...second.usage, cachedTokens: 50 } };
    expect(mergeItem(first, greedy)).toMatchObject({ greedy: { seed: 9 }, greedyUsage });
    expect(mergeItem({ ...first, greedy: candidateOf('B', 8) }, greedy)).toMatchObject({ greedy: { seed: 8 } });
    expect(mergeItem({ ...first, greedy: candidateOf('B', 8) }, greedy)).not.toHaveProperty('greedyUsage');
    expect(mergeItem(first, greedy).usage).not.toHaveProperty('cachedTokens');
    expect(mergeItem({ ...first, usage: { ...first.usage, cachedTokens: 30 } }, greedy).usage.cachedTokens).toBe(80);
  });

  it('refuses another item under the same id', () => {
    expect(() => mergeItem(first, verdictsOf('q', ['A .5'], { gold: { ...four, answer: 'B' } as typeof four }))).toThrow('Item q has another prompt or another gold answer in the second run.');
  });
});

describe('mergeItems', () => {
  it('puts shards together, sorted by id, and is the same in any order of the shards', () => {
    const [shard, other] = [[verdictsOf('b', ['A .5']), verdictsOf('d', ['B .5'])], [verdictsOf('a', ['A .5']), first]];
    expect(mergeItems([...shard, ...other]).map(({ item }) => item.id)).toEqual(['a', 'b', 'd', 'q']);
    expect(mergeItems([...other, ...shard])).toEqual(mergeItems([...shard, ...other]));
    expect(mergeItems([first, second])).toEqual([mergeItem(first, second)]);
  });

  it('refuses runs of another policy, scorer, grader or way of decoding, also where they share no item', () => {
    const refusal = (change: object): () => unknown => () => mergeItems([first, { ...verdictsOf('r', ['A .5']), ...change }]);
    expect(refusal({ policy: { model: 'policy', revision: '2' } })).toThrow('These runs cannot be merged. Item q has the policy policy@1, item r has policy@2.');
    expect(refusal({ scorer: null })).toThrow('Item q has the scorer scorer@1, item r has none.');
    expect(refusal({ grader: 'judge' })).toThrow('Item q has the grader rules, item r has judge.');
    expect(refusal({ decode: 'beam:4' })).toThrow('Item q has the way of decoding sample, item r has beam:4.');
  });
});
