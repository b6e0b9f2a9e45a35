import { ruleNamed } from '@slowthink/decoding';
import { describe, expect, it } from 'vitest';
import { columnsOf } from './columns.ts';
import { costOf, tokensOf, unitCostOf } from './costs.ts';
import { candidateOf, verdictsOf } from './testing/verdicts.ts';

// two items of 4 candidates: 100 prompt tokens in one request, 40 generated, 80 scorer tokens; then 140, of which 60 out of the cache
const first = columnsOf(verdictsOf('a', ['A .5', 'A .5', 'B .5', 'B .5'], { usage: { requests: 1, samples: 4, promptTokens: 100, completionTokens: 40, cachedTokens: 0 }, greedy: candidateOf('A', 9), greedyUsage: { requests: 1, samples: 1, promptTokens: 100, completionTokens: 10, cachedTokens: 100 } }));
const second = columnsOf(verdictsOf('b', ['A .5', 'A .5', 'B .5', 'B .5'], { usage: { requests: 1, samples: 4, promptTokens: 140, completionTokens: 40, cachedTokens: 60 }, greedy: candidateOf('A', 9), greedyUsage: { requests: 1, samples: 1, promptTokens: 140, completionTokens: 10, cachedTokens: 140 } }));
const parameters = { policy: 1000, scorer: 500 };

describe('costOf', () => {
  it('is the mean an item: 120 prompt tokens, 30 of them cached, 40 generated, 80 of the scorer; 2 x 1000 x (120 - 30 + 40) FLOPs', () => {
    expect(costOf(ruleNamed('bon-min'), [first, second], parameters)).toEqual({ rule: 'bon-min', promptTokens: 120, cachedTokens: 30, generatedTokens: 40, scorerTokens: 80, policyFlops: 260_000, scorerFlops: 80_000 });
  });
  it('has no scorer tokens for the majority, and those of one solution for greedy', () => {
    expect(costOf(ruleNamed('maj'), [first, second], parameters)).toMatchObject({ generatedTokens: 40, scorerTokens: 0, scorerFlops: 0 });
    expect(costOf(ruleNamed('greedy'), [first, second], parameters)).toMatchObject({ promptTokens: 120, cachedTokens: 120, generatedTokens: 10, policyFlops: 20_000 });
  });
  it('has no FLOPs without parameters, and no cached tokens where a reply does not say', () => {
    expect(costOf(ruleNamed('bon-min'), [first, columnsOf(verdictsOf('c', ['A .5']))], { policy: null, scorer: null })).toMatchObject({ cachedTokens: null, policyFlops: null, scorerFlops: null });
  });
});

describe('unitCostOf', () => {
  it('charges the prompt once where one request gives all candidates', () => {
    const unit = unitCostOf([first, second]);
    expect(unit).toEqual({ prompt: 120, furtherPrompt: 0, generated: 10, scorer: 20, uncached: 0.75 });
    expect(tokensOf(unit, 3, false)).toBe(150);
    expect(tokensOf(unit, 3, true)).toBe(210);
  });
  it('charges it for each further candidate where each has a request of its own', () => {
    const unit = unitCostOf([columnsOf(verdictsOf('a', ['A', 'A', 'B'], { usage: { requests: 3, samples: 3, promptTokens: 300, completionTokens: 30 } }))]);
    expect(unit).toMatchObject({ prompt: 100, furtherPrompt: 100, generated: 10 });
    expect(tokensOf(unit, 3, false)).toBe(330);
  });
});
