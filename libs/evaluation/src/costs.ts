// What decoding costs, an item, as the mean over items.
//
//   tokens of n candidates   p_1 + (n - 1) p + n g          p_1: prompt of the first request, g: generated a candidate
//   p = p_1 (R - 1) / (N - 1)                               prompt tokens of a further candidate: 0 where one request gives all N (R = 1), p_1 where each has its own (R = N)
//   their step values        n s                            s: scorer tokens a candidate
//   FLOPs                    2 x parameters x tokens        prompt tokens out of a cache cost none
import type { DecodingRule } from '@slowthink/decoding';
import { sizeOf, type ItemColumns, type TokenCounts } from './columns.ts';
import type { CostResult } from './evaluation.ts';

export interface Parameters { readonly policy: number | null; readonly scorer: number | null } // of the models; null: not known

/** Sums over items. */
export interface Totals { readonly requests: number; readonly candidates: number; readonly prompt: number; readonly cached: number | null; readonly generated: number; readonly scorer: number }

export function totalsOf(items: readonly ItemColumns[], tokensOf: (item: ItemColumns) => TokenCounts = ({ tokens }) => tokens): Totals {
  const counts = items.map(tokensOf);
  const sum = (of: (one: TokenCounts) => number): number => counts.reduce((total, one) => total + of(one), 0);
  return {
    requests: sum(({ requests }) => requests), candidates: items.reduce((total, item) => total + sizeOf(item), 0), prompt: sum(({ prompt }) => prompt), generated: sum(({ generated }) => generated),
    cached: counts.every(({ cached }) => cached !== null) ? sum(({ cached }) => cached!) : null, scorer: items.reduce((total, { scorerTokens }) => total + scorerTokens, 0),
  };
}

/** `steered`: the scorer was needed to make the candidates (a search over steps), so every rule but greedy pays for it. */
export function costOf({ name, choose, reduce }: DecodingRule, items: readonly ItemColumns[], parameters: Parameters, steered = false): CostResult {
  const greedy = choose === 'greedy', scored = reduce !== undefined || (steered && !greedy);
  const { prompt, cached, generated, scorer } = totalsOf(items, greedy ? (item) => item.greedy!.tokens : undefined);
  const n = items.length;
  const scorerTokens = scored ? scorer / n : 0;
  return {
    rule: name, promptTokens: prompt / n, cachedTokens: cached === null ? null : cached / n, generatedTokens: generated / n, scorerTokens,
    policyFlops: parameters.policy === null ? null : 2 * parameters.policy * (prompt - (cached ?? 0) + generated) / n,
    scorerFlops: !scored ? 0 : parameters.scorer === null ? null : 2 * parameters.scorer * scorerTokens,
  };
}

/** Tokens an item and candidate, from which the cost of any number of candidates follows. */
export interface UnitCost {
  readonly prompt: number; // of the first request
  readonly furtherPrompt: number; // of a further candidate
  readonly generated: number; // of a candidate
  readonly scorer: number; // of a candidate
  readonly uncached: number; // share of the prompt tokens that no cache held
}

export function unitCostOf(items: readonly ItemColumns[]): UnitCost {
  const { requests, candidates, prompt, cached, generated, scorer } = totalsOf(items);
  const first = requests === 0 ? 0 : prompt / requests;
  const further = Math.max(0, Math.min(1, candidates <= items.length ? 1 : (requests - items.length) / (candidates - items.length)));
  return { prompt: first, furtherPrompt: first * further, generated: generated / candidates, scorer: scorer / candidates, uncached: prompt === 0 ? 1 : 1 - (cached ?? 0) / prompt };
}

/** Tokens of n candidates of an item. */
export const tokensOf = ({ prompt, furtherPrompt, generated, scorer }: UnitCost, n: number, scored: boolean): number => prompt + (n - 1) * furtherPrompt + n * generated + (scored ? n * scorer : 0);
