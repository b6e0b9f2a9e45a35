// How the candidates of an item, with an answer and a score each, become one. All of them: a candidate without an answer never votes, and never wins while another has an answer; one without a score
// counts 0 in a sum and loses to every score.
import type { Pool } from './pool.ts';

export type ChooserName = 'majority' | 'best-of-n' | 'vote-sum' | 'vote-mean';

/** The index of the chosen candidate; -1: none states an answer. `members`: the indexes that take part, in order. `scores`: one a candidate of the pool; NaN: none. */
export type Chooser = (pool: Pool, members: Int32Array, scores: Float64Array) => number;

/** Sums of the same values differ in their last digits with the order of the candidates: scores and totals that differ by no more than this part of them are equal, and left to the rule for ties. */
const rounding = 1e-12;

/** Whether a beats b; NaN is below every number. Equal: no. */
const above = (a: number, b: number): boolean => (a > b ? a - b > rounding * Math.abs(a) : Number.isNaN(b) && !Number.isNaN(a));

/** What an answer has: the sum of its scores, how many of its candidates have one, how many there are. NaN: nothing, which loses to everything. */
type Total = (sum: number, scored: number, count: number) => number;

/**
 * Each answer's total is compared; of equal totals the answer with the best single candidate wins, then the one seen first. Chosen is the best candidate of that answer, of equal ones the first. `blind`: scores are not looked at, so that
 * of equal totals the one seen first wins.
 *
 *   total(a) = f over j with a_j = a
 */
function byAnswer(total: Total, blind = false): Chooser {
  return ({ answers, answerCount }, members, scores) => {
    const best = new Int32Array(answerCount), bestScore = new Float64Array(answerCount); // of each answer
    const sums = new Float64Array(answerCount), scored = new Int32Array(answerCount), counts = new Int32Array(answerCount);
    const seen: number[] = [];
    for (let at = 0; at < members.length; at++) {
      const member = members[at]!, answer = answers[member]!;
      if (answer < 0) continue;
      const score = blind ? NaN : scores[member]!;
      if (counts[answer]!++ === 0) seen.push(answer);
      if (counts[answer] === 1 || above(score, bestScore[answer]!)) { best[answer] = member; bestScore[answer] = score; }
      if (!Number.isNaN(score)) { sums[answer]! += score; scored[answer]!++; }
    }
    let winner = -1, highest = NaN;
    for (const answer of seen) {
      const reached = total(sums[answer]!, scored[answer]!, counts[answer]!);
      if (winner < 0 || above(reached, highest) || (!above(highest, reached) && above(bestScore[answer]!, bestScore[winner]!))) { winner = answer; highest = reached; }
    }
    return winner < 0 ? -1 : best[winner]!;
  };
}

export const choosers: { readonly [Name in ChooserName]: Chooser } = {
  /** maj@N, self-consistency: the most frequent answer; of equally frequent ones the one seen first, which is a fair draw where candidates are exchangeable. Scores are not looked at. */
  majority: byAnswer((_sum, _scored, count) => count, true),
  /** The highest score; of equal ones the first. Where nobody states an answer, the best of those that state none. */
  'best-of-n': ({ answers }, members, scores) => {
    let best = -1;
    for (let at = 0; at < members.length; at++) {
      const member = members[at]!, has = answers[member]! >= 0, had = best >= 0 && answers[best]! >= 0;
      if (best < 0 || (has && !had) || (has === had && above(scores[member]!, scores[best]!))) best = member;
    }
    return best;
  },
  /** The sum of the scores of an answer's candidates (with the reducer min: P-VS of arXiv 2501.12051). */
  'vote-sum': byAnswer((sum) => sum),
  /** Their mean; none for an answer none of whose candidates has a score. */
  'vote-mean': byAnswer((sum, scored) => sum / scored),
};
