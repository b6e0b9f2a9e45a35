import { choose, type DecodingRule, type PoolCandidate } from '@slowthink/decoding';
import { greedyTokensOf } from '@slowthink/evaluation';
import type { Candidate, VerdictsRecord } from '@slowthink/records';

const poolCandidateOf = ({ verdict, values }: Candidate): PoolCandidate => ({ answer: verdict.status === 'none' ? undefined : verdict.normalised, values });

/** The candidate that a rule takes of an item; undefined: nobody states an answer, or no greedy solution was asked for. */
export function chosenOf({ candidates, greedy }: VerdictsRecord, rule: DecodingRule): Candidate | undefined {
  return rule.choose === 'greedy' ? greedy ?? undefined : candidates[choose(rule, candidates.map(poolCandidateOf))];
}

/** One row of items.parquet: role and costs of the item, those of its greedy solution apart and as the numbers count them (null without one), and for each rule whether it is right and what it answers ('' where nobody states an answer). */
export function itemRow(record: VerdictsRecord, rules: readonly DecodingRule[]): { readonly [column: string]: unknown } {
  const { item, candidates, usage, greedyUsage, scorerUsage } = record;
  const greedy = record.greedy === null ? undefined : greedyTokensOf(record.greedy, usage, greedyUsage);
  const count = (status: Candidate['verdict']['status']): number => candidates.filter(({ verdict }) => verdict.status === status).length;
  return {
    item_id: item.id, dataset: item.dataset, role: item.role, candidates: candidates.length, candidates_right: count('right'), candidates_none: count('none'),
    requests: usage.requests, prompt_tokens: usage.promptTokens, cached_tokens: usage.cachedTokens ?? null, generated_tokens: usage.completionTokens, scorer_tokens: scorerUsage.promptTokens + scorerUsage.completionTokens,
    greedy_requests: greedy?.requests ?? null, greedy_prompt_tokens: greedy?.prompt ?? null, greedy_cached_tokens: greedy?.cached ?? null, greedy_generated_tokens: greedy?.generated ?? null,
    ...Object.fromEntries(rules.flatMap((rule) => { const chosen = chosenOf(record, rule); return [[rule.name, chosen?.verdict.status === 'right'], [`${rule.name} answer`, chosen?.verdict.normalised ?? '']]; })),
  };
}
