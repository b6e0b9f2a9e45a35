// How the candidates of an item, with an answer and a score each, become one. All of them: a candidate without an answer never votes, and never wins while another has an answer; one without a score
// counts 0 in a sum and loses to every score.
import type { Pool } from './pool.ts';

export type ChooserName = 'majority' | 'best-of-n' | 'vote-sum' | 'vote-mean';

/** The index of the chosen candidate; -1: none states an answer. `members`: the indexes that take part, in order. `scores`: one a candidate of the pool. */
export type Chooser = (pool: Pool, members: Int32Array, scores: Float64Array) => number;

/** Whether a beats b; NaN is below every number. Equal: no. */
const above = (a: number, b: number): boolean => a > b || (Number.isNaN(b) && !Number.isNaN(a));

/**
 * Each answer's total is compared; of equal totals the answer with the best single candidate wins, then the one seen first. Chosen is the best candidate of that answer, of equal ones the first.
 *   total(a) = f over j with a_j = a
 */
function byAnswer(totals: (pool: Pool, members: Int32Array, scores: Float64Array) => Float64Array, tied: 'best candidate' | 'first seen'): Chooser {
  return (pool, members, scores) => {
    const best = new Int32Array(pool.answerCount).fill(-1); // of each answer
    const seen: number[] = [];
    for (const member of members) {
      const answer = pool.answers[member]!;
      if (answer < 0) continue;
      if (best[answer]! < 0) { best[answer] = member; seen.push(answer); } else if (above(scores[member]!, scores[best[answer]!]!)) best[answer] = member;
    }
    if (seen.length === 0) return -1;
    const total = totals(pool, members, scores);
    let winner = seen[0]!;
    for (const answer of seen) {
      if (above(total[answer]!, total[winner]!) || (tied === 'best candidate' && total[answer] === total[winner] && above(scores[best[answer]!]!, scores[best[winner]!]!))) winner = answer;
    }
    return best[winner]!;
  };
}

const countOf = ({ answers, answerCount }: Pool, members: Int32Array): Float64Array => {
  const counts = new Float64Array(answerCount);
  for (const member of members) if (answers[member]! >= 0) counts[answers[member]!]!++;
  return counts;
};

const sumOf = ({ answers, answerCount }: Pool, members: Int32Array, scores: Float64Array): Float64Array => {
  const sums = new Float64Array(answerCount);
  for (const member of members) if (answers[member]! >= 0 && !Number.isNaN(scores[member]!)) sums[answers[member]!]! += scores[member]!;
  return sums;
};

/** NaN for an answer none of whose candidates has a score. */
const meanOf = (pool: Pool, members: Int32Array, scores: Float64Array): Float64Array => {
  const scored = new Float64Array(pool.answerCount);
  for (const member of members) if (pool.answers[member]! >= 0 && !Number.isNaN(scores[member]!)) scored[pool.answers[member]!]!++;
  return sumOf(pool, members, scores).map((sum, answer) => sum / scored[answer]!);
};

const noScores: Float64Array = new Float64Array(0); // compared as undefined: never above

const majority = byAnswer(countOf, 'first seen');

export const choosers: { readonly [Name in ChooserName]: Chooser } = {
  /** maj@N, self-consistency: the most frequent answer; of equally frequent ones the one seen first, which is a fair draw where candidates are exchangeable. Scores are not looked at. */
  majority: (pool, members) => majority(pool, members, noScores),
  /** The highest score; of equal ones the first. Where nobody states an answer, the best of those that state none. */
  'best-of-n': ({ answers }, members, scores) => {
    let best = -1;
    for (const member of members) {
      if (best < 0) { best = member; continue; }
      const [has, had] = [answers[member]! >= 0, answers[best]! >= 0];
      if ((has && !had) || (has === had && above(scores[member]!, scores[best]!))) best = member;
    }
    return best;
  },
  /** The sum of the scores of an answer's candidates (with the reducer min: P-VS of arXiv 2501.12051). */
  'vote-sum': byAnswer(sumOf, 'best candidate'),
  /** Their mean. */
  'vote-mean': byAnswer(meanOf, 'best candidate'),
};
