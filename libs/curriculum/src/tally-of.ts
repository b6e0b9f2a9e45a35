import type { Probed } from './hardest-of.ts';

/** How many questions of a data set were right so often, and how many of them are kept. */
export interface TallyRow {
  readonly dataset: string;
  readonly right: number;
  readonly n: number;
  readonly questions: number;
  readonly kept: number;
}

/** Counts by data set and right / n, hardest first within a data set; rows without a question are left out. `kept` holds questions of `probed` themselves. */
export function tallyOf<Question extends Probed & { readonly dataset: string }>(probed: Iterable<Question>, kept: Iterable<Question>): readonly TallyRow[] {
  const isKept = new Set(kept);
  const rows = new Map<string, { dataset: string; right: number; n: number; questions: number; kept: number }>();
  for (const question of probed) {
    const { dataset, right, n } = question;
    const key = `${right}/${n}/${dataset}`;
    const row = rows.get(key) ?? { dataset, right, n, questions: 0, kept: 0 };
    row.questions++;
    if (isKept.has(question)) row.kept++;
    rows.set(key, row);
  }
  return [...rows.values()].toSorted((a, b) => (a.dataset < b.dataset ? -1 : a.dataset > b.dataset ? 1 : a.right * b.n - b.right * a.n || a.n - b.n));
}
