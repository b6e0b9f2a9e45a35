import { ruleNamed } from '@slowthink/decoding';
import { describe, expect, it } from 'vitest';
import { evaluate, isCeiling } from './index.ts';
import { verdictsOf } from './testing/verdicts.ts';

describe('isCeiling', () => {
  it('holds where every item has k candidates, and not where one has more: maj@4 is right where pass@1 is 3/4', async () => {
    const records = [verdictsOf('a', ['A'], { dataset: 'even' }), verdictsOf('b', ['A', 'A', 'A', 'B'], { dataset: 'more' })];
    const evaluation = await evaluate(records, { draws: 100, rules: [ruleNamed('maj')] });
    const more = evaluation.sets.find(({ name }) => name === 'more')!;
    expect([evaluation.candidates, more.pass.at(-1)!.passAtK.value, more.rules[0]!.accuracy.value]).toEqual([1, 0.75, 1]);
    expect([['even'], ['more'], ['even', 'more']].map((names) => isCeiling(evaluation, names, 1))).toEqual([true, false, false]);
  });
});
