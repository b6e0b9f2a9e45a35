import type { Evaluation } from '@slowthink/evaluation';
import type { WrittenFile } from '@slowthink/results';

/** summary.json: every number of an evaluation, and what it was made with. */
export interface Summary {
  readonly summary: 1; // version of this form
  /** As run.json keeps them: without user, password and key. */
  readonly settings: { readonly [key: string]: unknown };
  /** hash(seed, settings, policy, scorer, grader) of the run; null for merged results. */
  readonly run: string | null;
  /** The items that the numbers were computed from. */
  readonly items: { readonly file: string; readonly sha256: string; readonly count: number };
  readonly evaluation: Evaluation;
}

export const summaryOf = ({ evaluation, items: { sha256, lines }, settings, run }: { readonly evaluation: Evaluation; readonly items: WrittenFile; readonly settings: { readonly [key: string]: unknown }; readonly run: string | null }): Summary =>
  ({ summary: 1, settings, run, items: { file: 'items.jsonl', sha256, count: lines }, evaluation });
