import { expect, it } from 'vitest';
import { costOf, noPrices } from './cost.ts';

const used = { promptTokens: 1_500_000, completionTokens: 250_000 };

it.each([
  [{ input: 2, output: 10 }, 5.5], // 1.5 · 2 + 0.25 · 10
  [{ input: 2, output: null }, 3], [{ input: null, output: 10 }, 2.5], [{ input: 0, output: 0 }, 0], [noPrices, null],
])('at %o a million, 1.5 million prompt tokens and a quarter million generated ones cost %d', (prices, cost) => { expect(costOf(used, prices)).toBe(cost); });

it('rounds to a millionth', () => { expect(costOf({ promptTokens: 7, completionTokens: 0 }, { input: 0.15, output: null })).toBe(0.000001); }); // 1.05 millionths
