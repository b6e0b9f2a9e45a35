import { describe, expect, it } from 'vitest';
import { columnsOf, outcomes } from './columns.ts';
import { candidateOf, verdictsOf } from './testing/verdicts.ts';

describe('columnsOf', () => {
  it('tells right, wrong, none and truncated apart; a right answer of a text that was cut off later is right', () => {
    const record = verdictsOf('q', ['A', 'B', '-', '~']);
    const late = { ...candidateOf('A', 4), truncated: true }, cut = { ...candidateOf('-', 5), truncated: true };
    const thinking = { ...candidateOf('~', 6), truncated: false }; // its thinking had no end, says the verdict
    expect([...columnsOf({ ...record, candidates: [...record.candidates, late, cut, thinking] }).outcomes].map((code) => outcomes[code])).toEqual(['right', 'wrong', 'none', 'truncated', 'right', 'truncated', 'truncated']);
  });

  it('numbers answers by first appearance, -1 for none, under their normalised form', () => {
    const [a, b] = [candidateOf('B', 0), candidateOf('B', 1)];
    const record = verdictsOf('q', ['-']);
    const { pool } = columnsOf({ ...record, candidates: [a, { ...b, verdict: { ...b.verdict, answer: 'B. Nitroglycerin' } }, candidateOf('-', 2), candidateOf('A', 3)] });
    expect([...pool.answers]).toEqual([0, 0, -1, 1]);
  });

  it('counts candidates without values, scorer tokens read and written, and knows where no cache is spoken of', () => {
    const columns = columnsOf(verdictsOf('q', ['A .5', 'B'], { scorerUsage: { requests: 1, promptTokens: 20, completionTokens: 3 } }));
    expect(columns).toMatchObject({ unscored: 1, scorerTokens: 23, tokens: { requests: 1, prompt: 100, cached: null, generated: 20 } });
  });

  it('takes the prompt of the candidates for a greedy solution whose usage is not known', () => {
    const record = verdictsOf('q', ['A', 'A'], { greedy: candidateOf('B', 9), usage: { requests: 2, samples: 2, promptTokens: 200, completionTokens: 20 } });
    expect(columnsOf(record).greedy).toMatchObject({ outcome: outcomes.indexOf('wrong'), exact: null, tokens: { requests: 1, prompt: 100, generated: 10 } });
    expect(columnsOf({ ...record, greedyUsage: { requests: 1, samples: 1, promptTokens: 90, completionTokens: 8, cachedTokens: 80 } }).greedy!.tokens).toEqual({ requests: 1, prompt: 90, cached: 80, generated: 8 });
  });

  it('has exact verdicts only where every candidate has one', () => {
    const record = verdictsOf('q', ['A', 'B']);
    const [a, b] = [{ ...record.candidates[0]!, exact: 'wrong' as const }, { ...record.candidates[1]!, exact: 'right' as const }];
    expect([...columnsOf({ ...record, candidates: [a, b] }).exact!]).toEqual([0, 1]);
    expect(columnsOf({ ...record, candidates: [a, record.candidates[1]!] }).exact).toBeNull();
  });

  it('refuses values that are not one a step, by candidate and item', () => {
    const record = verdictsOf('dev/q7', ['A .5']);
    expect(() => columnsOf({ ...record, candidates: [record.candidates[0]!, { ...candidateOf('A .5 .4', 1), steps: ['only one'] }] })).toThrow('Candidate 2 of item dev/q7 has 1 steps and 2 values');
  });
});
