// Seeds of round 1 (arXiv 2501.12051 v4): k solutions of each question from the base policy, right of them are right.
//
//   hardness   h = 1 - right / n                    0 (always right) .. 1 (never right)
//   candidates C = { q : h(q) > 0 }                 what is right n times of n teaches nothing
//   kept       the ceil(keep |C|) hardest of C      or keepCount of them
//
// The paper does not say which share it kept, nor what it did with questions that were never right: both are settings, and never-right questions stay unless dropNeverRight.
import { hashSeed } from '@slowthink/records';

/** What is known of a question when it has been probed. */
export interface Probed {
  readonly id: string;
  readonly right: number; // 0..n
  readonly n: number; // 1..
}

export interface CurriculumRule {
  readonly keep: number; // share of the candidates, 0..1
  /** So many instead of a share; null: the share counts. */
  readonly keepCount: number | null;
  /** Drop what was right 0 times of n too: only what is sometimes right is left. */
  readonly dropNeverRight: boolean;
  /** Orders questions of equal hardness. */
  readonly seed: number;
}

/** 1 - right / n, 0..1. */
export const hardnessOf = ({ right, n }: Pick<Probed, 'right' | 'n'>): number => (n - right) / n;
export const isAlwaysRight = ({ right, n }: Pick<Probed, 'right' | 'n'>): boolean => right >= n;
export const isNeverRight = ({ right }: Pick<Probed, 'right'>): boolean => right === 0;

/**
 * The questions that are kept, hardest first. Questions of equal hardness stand in the order of hash(seed, id), so that the order of `probed` changes nothing and no data set or file comes first.
 * Hardness is compared as a fraction of whole numbers: 1/3 and 2/6 are equal.
 */
export function hardestOf<Question extends Probed>(probed: Iterable<Question>, { keep, keepCount, dropNeverRight, seed }: CurriculumRule): readonly Question[] {
  const ranked: { readonly question: Question; readonly tie: number }[] = [];
  for (const question of probed) {
    if (isAlwaysRight(question) || (dropNeverRight && isNeverRight(question))) continue;
    ranked.push({ question, tie: hashSeed(seed, 'curriculum', question.id) });
  }
  ranked.sort((a, b) => a.question.right * b.question.n - b.question.right * a.question.n || a.tie - b.tie || (a.question.id < b.question.id ? -1 : 1));
  return ranked.slice(0, keepCount ?? shareOf(ranked.length, keep)).map(({ question }) => question);
}

/** ceil(keep * count); a product that misses a whole number by its rounding alone is that number: 0.07 * 100 = 7.000000000000001. */
const shareOf = (count: number, keep: number): number => Math.ceil(keep * count - 1e-9);
