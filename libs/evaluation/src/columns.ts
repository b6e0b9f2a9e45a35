// A judged item as numbers: what every statistic is computed from. Texts are let go: 6,000 items x 16 candidates x 10 steps are some 50 MB.
import { poolOf, type Pool } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';
import { hashId, type Candidate, type DecodingUsage, type PolicyIdentity, type QuestionRecord, type VerdictsRecord } from '@slowthink/records';
import { goldFactsOf, type GoldFacts } from './baselines.ts';
import { prefixesOf, type Prefixes } from './prefixes.ts';

/** What a candidate is; its place in this list is its number in columns. none: it ended and states no answer; truncated: it was cut off before it stated one. */
export const outcomes = ['right', 'wrong', 'none', 'truncated'] as const;
export type Outcome = (typeof outcomes)[number];
const codeOf: { readonly [Name in Outcome]: number } = { right: 0, wrong: 1, none: 2, truncated: 3 };
/** The number of `right` in columns. */
export const RIGHT = codeOf.right;

/** Tokens of some solutions of one item. */
export interface TokenCounts {
  readonly requests: number;
  readonly prompt: number; // once a request
  readonly cached: number | null; // part of prompt; null: the server does not say
  readonly generated: number;
}

export interface GreedyColumns { readonly outcome: number; readonly exact: number | null; readonly tokens: TokenCounts }

export interface ItemColumns {
  readonly id: string;
  /** Name of its data set. */
  readonly set: string;
  readonly role: QuestionRecord['role'];
  /** Hash of prompt and gold: the same id with other content is another item. */
  readonly content: string;
  readonly policy: PolicyIdentity;
  readonly scorer: PolicyIdentity | null;
  readonly grader: string;
  readonly decode: string;
  readonly gold: GoldFacts;
  /** Answers and scores of the candidates, as the rules see them. */
  readonly pool: Pool;
  readonly outcomes: Uint8Array; // one a candidate
  /** 1: right by the second grader; null where not every candidate has its verdict. */
  readonly exact: Uint8Array | null;
  readonly judgedTwice: number; // candidates with a verdict of the second grader
  readonly unscored: number; // candidates without values
  readonly tokens: TokenCounts; // of all candidates
  readonly scorerTokens: number; // read and written, of all candidates
  readonly greedy: GreedyColumns | null;
  readonly prefixes: Prefixes;
}

/** The columns of one record. RECORD_INVALID for a candidate whose values are not one a step. */
export function columnsOf({ item, policy, scorer, grader, decode, candidates, greedy, usage, greedyUsage, scorerUsage }: VerdictsRecord): ItemColumns {
  for (const [at, { steps, values }] of candidates.entries()) {
    if (values !== null && values.length !== steps.length) throw new FaultError('RECORD_INVALID', `Candidate ${at + 1} of item ${item.id} has ${steps.length} steps and ${values.length} values; there must be one value a step.`);
  }
  return {
    id: item.id, set: item.dataset, role: item.role, content: hashId('item', item.prompt, item.gold), policy, scorer, grader, decode, gold: goldFactsOf(item.gold),
    pool: poolOf(candidates.map(({ verdict, values }) => ({ answer: verdict.status === 'none' ? undefined : verdict.normalised, values }))),
    outcomes: Uint8Array.from(candidates, outcomeOf),
    exact: candidates.every(({ exact }) => exact !== undefined) ? Uint8Array.from(candidates, ({ exact }) => Number(exact === 'right')) : null,
    judgedTwice: candidates.filter(({ exact }) => exact !== undefined).length, unscored: candidates.filter(({ values }) => values === null).length,
    tokens: { requests: usage.requests, prompt: usage.promptTokens, cached: usage.cachedTokens ?? null, generated: usage.completionTokens },
    scorerTokens: scorerUsage.promptTokens + scorerUsage.completionTokens,
    greedy: greedy === null ? null : {
      outcome: outcomeOf(greedy), exact: greedy.exact === undefined ? null : Number(greedy.exact === 'right'),
      tokens: greedyTokensOf(greedy, usage, greedyUsage),
    },
    prefixes: prefixesOf(candidates),
  };
}

/** What the greedy solution of an item costs: where nobody counted, its prompt is that of the candidates. */
export const greedyTokensOf = (greedy: Candidate, usage: DecodingUsage, own: DecodingUsage | undefined): TokenCounts => (own === undefined
  ? { requests: 1, prompt: Math.round(usage.promptTokens / Math.max(1, usage.requests)), cached: null, generated: greedy.tokens }
  : { requests: own.requests, prompt: own.promptTokens, cached: own.cachedTokens ?? null, generated: own.completionTokens });

function outcomeOf({ verdict, truncated }: Candidate): number {
  if (verdict.status !== 'none') return codeOf[verdict.status];
  return truncated || verdict.why === 'truncated' ? codeOf.truncated : codeOf.none;
}

/** Candidates of an item. */
export const sizeOf = ({ outcomes: { length } }: ItemColumns): number => length;

/** How many of them are right. */
export function rightOf({ outcomes: codes }: ItemColumns): number {
  let right = 0;
  for (const code of codes) if (code === RIGHT) right++;
  return right;
}
