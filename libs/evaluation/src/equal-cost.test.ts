import { describe, expect, it } from 'vitest';
import { planEqualCost } from './equal-cost.ts';

const unit = { prompt: 100, furtherPrompt: 0, generated: 10, scorer: 10, uncached: 1 };
const unknownParameters = { policy: null, scorer: null };

describe('planEqualCost', () => {
  it('gives the majority twice the candidates where a value costs as much as a candidate: 8 with values against 16', () => {
    expect(planEqualCost(unit, unknownParameters, 16)).toEqual({ by: 'tokens', n: 8, m: 16, note: 'The values of 16 candidates would buy the majority 16 more, 32 in all, and there are 16: so the rule has 8 and the majority 16.' });
  });
  it('rounds down: values of 15 tokens against 10 buy 1.5 candidates each, so 6 with values against 15, since 7 would be worth 17', () => {
    expect(planEqualCost({ ...unit, scorer: 15 }, unknownParameters, 16)).toMatchObject({ n: 6, m: 15 });
  });
  it('counts FLOPs where both parameters are known: a scorer of half the size makes 10 tokens worth 5, so 11 against 16', () => {
    expect(planEqualCost(unit, { policy: 1000, scorer: 500 }, 16)).toMatchObject({ by: 'flops', n: 11, m: 16 });
    expect(planEqualCost(unit, { policy: 1000, scorer: null }, 16)).toMatchObject({ by: 'tokens' });
  });
  it('adds the prompt of a further candidate where each has its own request, but for FLOPs not what a cache held', () => {
    expect(planEqualCost({ ...unit, furtherPrompt: 10, scorer: 20 }, unknownParameters, 16)).toMatchObject({ n: 8, m: 16 });
    expect(planEqualCost({ ...unit, furtherPrompt: 10, uncached: 0, scorer: 10 }, { policy: 1, scorer: 1 }, 16)).toMatchObject({ n: 8, m: 16 });
  });
  it('says so where values are cheaper than one candidate more, or reported as free', () => {
    expect(planEqualCost({ ...unit, scorer: 0.5 }, unknownParameters, 16)).toEqual({ by: 'tokens', n: 16, m: 16, note: 'The values of 16 candidates cost less than one candidate more.' });
    expect(planEqualCost({ ...unit, scorer: 0 }, unknownParameters, 16)).toMatchObject({ n: 16, m: 16, note: 'The scorer reports no tokens, so its values count as free.' });
  });
  it('compares nothing where one candidate with its values costs more than all without', () => {
    expect(planEqualCost({ ...unit, scorer: 40 }, unknownParameters, 4)).toEqual({ by: 'tokens', n: 0, m: 0, note: 'One candidate with its values costs as much as 5 candidates without, and there are 4.' });
    expect(planEqualCost({ ...unit, generated: 0 }, unknownParameters, 4)).toMatchObject({ n: 0, note: 'The policy reports no tokens, so nothing can be compared at equal cost.' });
  });
});
