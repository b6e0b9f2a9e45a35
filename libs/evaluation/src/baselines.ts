// What is right without looking at a question: a random choice, and the most frequent gold answer.
import type { Gold } from '@slowthink/records';

/** What the baselines need of a gold answer. */
export interface GoldFacts {
  readonly kind: Gold['kind'];
  /** Under which equal golds meet; null: no rule judges it. */
  readonly answer: string | null;
  /** Answers to choose from; null: none are given, or (yes-no-maybe) the item does not say. */
  readonly options: number | null;
}

export function goldFactsOf(gold: Gold): GoldFacts {
  const { kind } = gold;
  switch (kind) {
    case 'choice': case 'text': return { kind, answer: gold.answer, options: gold.options.length };
    case 'digit': return { kind, answer: gold.answer, options: gold.classes?.length ?? null };
    case 'name': return { kind, answer: gold.answer, options: gold.names?.length ?? null };
    case 'number': return { kind, answer: `${gold.answer} ${gold.unit}`.trimEnd(), options: null };
    case 'yes-no-maybe': case 'span': return { kind, answer: gold.answer, options: null };
    case 'open': return { kind, answer: null, options: null };
  }
}

/** Expected accuracy of a random choice: the mean of 1 / options. Questions of yes and no have a third option where a gold of the set is "maybe". Null where an item gives no options, and without items. */
export function chanceOf(golds: readonly GoldFacts[]): number | null {
  const yesNo = golds.some(({ kind, answer }) => kind === 'yes-no-maybe' && answer === 'maybe') ? 3 : 2;
  let sum = 0;
  for (const { kind, options } of golds) {
    const count = kind === 'yes-no-maybe' ? yesNo : options;
    if (count === null) return null;
    sum += 1 / count;
  }
  return golds.length === 0 ? null : sum / golds.length;
}

/** Share of the most frequent gold; null where one is an open answer, and without items. */
export function majorityClassOf(golds: readonly GoldFacts[]): number | null {
  const counts = new Map<string, number>();
  for (const { answer } of golds) {
    if (answer === null) return null;
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  return golds.length === 0 ? null : Math.max(...counts.values()) / golds.length;
}
