import { hashSeed } from '@slowthink/records';

/** What a draw looks at. */
export interface Drawable { readonly id: string; readonly dataset: string }

export interface DrawRule {
  readonly seed: number;
  readonly perRound: number | null; // questions of a round at most; null: no limit
  readonly perSet: number | null; // of one data set in a round at most; null: no limit
}

/**
 * The questions of round `round` (from 1): new ones, disjoint from those of every earlier round. They stand in the order of hash(seed, id), so neither the order of files nor how many rounds there will be changes a draw. Fewer, or none,
 * where the pool is used up.
 */
export function drawQuestions<Question extends Drawable>(pool: Iterable<Question>, round: number, { seed, perRound, perSet }: DrawRule): readonly Question[] {
  let left = [...pool].map((question) => ({ question, rank: hashSeed(seed, 'evolution', question.id) })).sort((a, b) => a.rank - b.rank || (a.question.id < b.question.id ? -1 : 1));
  for (let at = 1; ; at += 1) {
    const counts = new Map<string, number>();
    const drawn = new Set<Drawable>();
    for (const { question } of left) {
      if (drawn.size >= (perRound ?? Infinity)) break;
      const count = (counts.get(question.dataset) ?? 0) + 1;
      if (count > (perSet ?? Infinity)) continue;
      counts.set(question.dataset, count);
      drawn.add(question);
    }
    if (at === round) return left.flatMap(({ question }) => (drawn.has(question) ? [question] : []));
    left = left.filter(({ question }) => !drawn.has(question));
  }
}
