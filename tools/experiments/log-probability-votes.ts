import { readFileSync } from 'node:fs';
import { chooseIn, poolOf, ruleNamed } from '@slowthink/decoding';
import type { VerdictsRecord } from '@slowthink/records';

/** How a candidate weighs in a vote by its log-probability: as likely as it is, or as likely as its tokens are in the geometric mean. */
export const logProbabilityRules = { 'vote-sum-probability': (sum: number) => Math.exp(sum), 'vote-sum-token-probability': (sum: number, tokens: number) => Math.exp(sum / tokens) } as const;
export type LogProbabilityRule = keyof typeof logProbabilityRules;

/** Rights of both rules, a "1" or "0" an item in the order of their ids. Throws where an item has no line of log-probabilities, or another number of candidates. */
export function logProbabilityVotes(itemsFile: string, logFile: string): { readonly [Rule in LogProbabilityRule]: string } {
  const linesOf = <Line>(file: string): readonly Line[] => readFileSync(file, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Line);
  const known = new Map(linesOf<{ readonly id: string; readonly sum: readonly number[]; readonly tokens: readonly number[] }>(logFile).map((line) => [line.id, line]));
  const items = [...linesOf<VerdictsRecord>(itemsFile)].sort((a, b) => (a.item.id < b.item.id ? -1 : 1));
  const rightsOf = (weight: (sum: number, tokens: number) => number): string => items.map(({ item: { id }, candidates }) => {
    const line = known.get(id);
    if (line === undefined || line.sum.length !== candidates.length) throw new Error(`${logFile} has ${line === undefined ? 'no line' : `${line.sum.length} numbers`} for ${id} with ${candidates.length} candidates.`);
    const pool = poolOf(candidates.map(({ verdict }, at) => ({ answer: verdict.status === 'none' ? undefined : verdict.normalised, values: [weight(line.sum[at]!, line.tokens[at]!)] })));
    const chosen = chooseIn(ruleNamed('vote-sum-min'), pool);
    return chosen >= 0 && candidates[chosen]!.verdict.status === 'right' ? '1' : '0';
  }).join('');
  return { 'vote-sum-probability': rightsOf(logProbabilityRules['vote-sum-probability']), 'vote-sum-token-probability': rightsOf(logProbabilityRules['vote-sum-token-probability']) };
}
