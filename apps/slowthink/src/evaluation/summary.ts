import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Evaluation } from '@slowthink/evaluation';
import { FaultError } from '@slowthink/faults';
import type { WrittenFile } from '@slowthink/results';
import type { FailedItems } from './numbers-of.ts';

/** One run whose candidates stand in the items. */
export interface Source {
  /** hash(seed, settings, policy, scorer, grader); null: not known. */
  readonly run: string | null;
  readonly seed: number | null;
  readonly items: string; // sha256 of its items.jsonl
  /** false: its items came without a summary, so that nobody knows with what settings its candidates were drawn. */
  readonly settingsKnown: boolean;
}

/** summary.json: every number of an evaluation, and what it was made with. */
export interface Summary {
  readonly summary: 1; // version of this form
  /** As run.json keeps them: without user, password and key. Of several sources those that they have in common, which are all of the sampling. */
  readonly settings: { readonly [key: string]: unknown };
  /** Of the one source; null where there are several, or it is not known. */
  readonly run: string | null;
  /** The runs that the candidates come from: one, or those that were merged. */
  readonly sources: readonly Source[];
  /** The items that the numbers were computed from. */
  readonly items: { readonly file: string; readonly sha256: string; readonly count: number };
  /** Ids of the items that came to no verdict, by set: a merge with a run that judged them finds them. */
  readonly failed: FailedItems;
  readonly evaluation: Evaluation;
}

export type Provenance = Pick<Summary, 'settings' | 'run' | 'sources'>;

export const summaryOf = ({ evaluation, failed, items: { sha256, lines }, from: { settings, run, sources } }: { readonly evaluation: Evaluation; readonly failed: FailedItems; readonly items: WrittenFile; readonly from: Provenance }): Summary =>
  ({ summary: 1, settings, run, sources, items: { file: 'items.jsonl', sha256, count: lines }, failed, evaluation });

/** The summary that lies beside an items file; undefined where there is none, as for a file that somebody copied. RESULTS_BROKEN for one that cannot be read, or is none. */
export function summaryBeside(items: string): Summary | undefined {
  const path = join(dirname(items), 'summary.json');
  let text: string;
  try { text = readFileSync(path, 'utf8'); } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FaultError('RESULTS_BROKEN', `${path} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) { throw new FaultError('RESULTS_BROKEN', `${path} is no JSON: it ends in the middle, or was changed.`, { cause }); }
  if (!isSummary(value)) throw new FaultError('RESULTS_BROKEN', `${path} is no summary of an evaluation as this version writes it.`);
  return value;
}

function isSummary(value: unknown): value is Summary {
  const isObject = (one: unknown): one is object => typeof one === 'object' && one !== null;
  if (!isObject(value)) return false;
  const { summary, settings, sources, items, failed, evaluation } = value as { readonly [Key in keyof Summary]?: unknown };
  return summary === 1 && isObject(settings) && Array.isArray(sources) && isObject(items) && typeof (items as Partial<Summary['items']>).sha256 === 'string' && isObject(failed) && isObject(evaluation) && isObject((evaluation as Partial<Evaluation>).method);
}
