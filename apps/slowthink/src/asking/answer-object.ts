import type { PolicyUsage, ScorerUsage } from '@slowthink/beam-search';
import type { PolicyIdentity } from '@slowthink/models';
import type { AskedQuestion } from './asked-question.ts';
import type { AskCandidate, Candidates } from './make-candidates.ts';
import type { AnswerVotes, Ranking } from './rank-candidates.ts';

/** What "slowthink ask --json" prints. */
export interface AnswerObject {
  readonly question: string; // as the policy got it
  readonly kind: AskedQuestion['allowed']['kind'];
  readonly unit?: string; // of a number; '' for a bare one
  /** Normalised; of an open question the last step of the chain. null: no candidate states one. */
  readonly answer: string | null;
  /** Decoding rule that chose, or first. */
  readonly rule: string;
  readonly decode: string;
  readonly chosen: number; // index into candidates
  readonly chain: readonly { readonly step: number; readonly text: string; readonly value: number | null }[];
  readonly votes: readonly AnswerVotes[];
  readonly without: Ranking['without'];
  readonly candidates: readonly { readonly answer: string | null; readonly steps: readonly string[]; readonly values: readonly number[] | null; readonly unscored?: string; readonly truncated: boolean; readonly tokens: number; readonly seed: number }[];
  readonly models: { readonly policy: PolicyIdentity; readonly scorer: PolicyIdentity | null };
  readonly usage: { readonly policy: PolicyUsage; readonly scorer: ScorerUsage };
  readonly seconds: number; // from the opening of the models to the last value
}

export interface Answering extends Pick<AnswerObject, 'decode' | 'models' | 'seconds'> { readonly question: AskedQuestion; readonly made: Candidates; readonly ranking: Ranking }

export function answerObject({ question: { text, allowed }, made: { candidates, usage, scorerUsage }, ranking, decode, models, seconds }: Answering): AnswerObject {
  const { steps, values } = candidates[ranking.chosen]!;
  return {
    question: text, kind: allowed.kind, ...(allowed.kind === 'number' ? { unit: allowed.unit } : {}),
    answer: allowed.kind === 'open' ? steps.at(-1)! : statedBy(candidates[ranking.chosen]!), rule: ranking.rule, decode, chosen: ranking.chosen,
    chain: steps.map((step, at) => ({ step: at + 1, text: step, value: values?.[at] ?? null })), votes: ranking.votes, without: ranking.without,
    candidates: candidates.map((candidate) => ({
      answer: statedBy(candidate), steps: candidate.steps, values: candidate.values, ...(candidate.unscored === undefined ? {} : { unscored: candidate.unscored }), truncated: candidate.truncated, tokens: candidate.tokens, seed: candidate.seed,
    })),
    models, usage: { policy: usage, scorer: scorerUsage }, seconds: Math.round(seconds * 1000) / 1000,
  };
}

const statedBy = ({ answer }: AskCandidate): string | null => (answer === undefined || answer.several ? null : answer.normalised);
