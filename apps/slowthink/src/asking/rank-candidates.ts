import { chooseIn, poolOf, ruleNamed, type DecodingRule } from '@slowthink/decoding';
import type { AskCandidate } from './make-candidates.ts';

/** An answer with those who state it. */
export interface AnswerVotes {
  readonly answer: string; // normalised
  readonly votes: number;
  /** The sum of the scores of its candidates, min over steps, as P-VS has it; null: nothing has values. */
  readonly score: number | null;
}

export interface Ranking {
  /** What chose: a rule of libs/decoding, or first: the first candidate, where nothing can be said for one. */
  readonly rule: string;
  /** Index of the chosen candidate. -1: none holds any text. */
  readonly chosen: number;
  /** The answer of the chosen one comes first where answers were voted on; then by what the rule compares. Empty for an open question. */
  readonly votes: readonly AnswerVotes[];
  /** Candidates that state no answer, or several: they do not vote. */
  readonly without: { readonly none: number; readonly truncated: number; readonly several: number };
}

/** Of an open question no answer is read, since nothing tells two of them equal: nobody votes. */
const voted = (answer: AskCandidate['answer']): string | undefined => (answer === undefined || answer.several ? undefined : answer.normalised);

/**
 * Which candidate answers the question. An answer that can be told equal to others: P-VS, the vote-sum of the least step values; where nothing has values the majority. An open question, or one that no candidate answers: best-of-N by the least
 * step value; without values the first candidate that holds text.
 */
export function rankCandidates(candidates: readonly AskCandidate[]): Ranking {
  const scored = candidates.some(({ values }) => values !== null);
  const answers = candidates.map(({ answer }) => voted(answer));
  const pool = poolOf(candidates.map(({ values }, at) => ({ answer: answers[at], values })));
  const rule = ruleFor(answers.some((answer) => answer !== undefined), scored);
  const withText = Int32Array.from(candidates.flatMap(({ steps }, at) => (steps.length > 0 ? [at] : [])));
  const chosen = rule === undefined ? withText[0] ?? -1 : chooseIn(rule, pool, withText);
  const scores = pool.scores.min;
  const votes = [...new Set(answers)].flatMap((answer): readonly AnswerVotes[] => {
    if (answer === undefined) return [];
    const own = answers.flatMap((other, at) => (other === answer ? [at] : []));
    return [{ answer, votes: own.length, score: scored ? own.reduce((sum, at) => sum + (Number.isNaN(scores[at]) ? 0 : scores[at]!), 0) : null }];
  });
  const count = (holds: (candidate: AskCandidate) => boolean): number => candidates.filter(holds).length;
  return {
    rule: rule?.name ?? 'first', chosen,
    votes: votes.toSorted((a, b) => Number(b.answer === answers[chosen]) - Number(a.answer === answers[chosen]) || (b.score ?? 0) - (a.score ?? 0) || b.votes - a.votes),
    without: { none: count(({ answer, truncated }) => answer === undefined && !truncated), truncated: count(({ answer, truncated }) => answer === undefined && truncated), several: count(({ answer }) => answer?.several === true) },
  };
}

function ruleFor(votes: boolean, scored: boolean): DecodingRule | undefined {
  if (votes) return ruleNamed(scored ? 'vote-sum-min' : 'maj');
  return scored ? ruleNamed('bon-min') : undefined;
}
