// Results that are there -> numbers, tables and a report anew: other rules, or several runs as one. No model and no log is asked.
import { mkdirSync } from 'node:fs';
import { ruleNamed } from '@slowthink/decoding';
import type { Evaluation, Method } from '@slowthink/evaluation';
import { FaultError } from '@slowthink/faults';
import type { VerdictsRecord } from '@slowthink/records';
import { itemsFileOf, readItems, removeLeftovers, resultFiles, writeSorted } from '@slowthink/results';
import { onStorage, sha256Of } from '@slowthink/tables';
import { mergedItems } from './merged-items.ts';
import { mergedProvenance, provenanceNotes, type Merged } from './merged-provenance.ts';
import { numbersOf, type NumbersOptions } from './numbers-of.ts';
import { summaryBeside, type Summary } from './summary.ts';
import { writeFiles } from './write-files.ts';
import type { Results } from './write-results.ts';

export interface ReportRequest {
  /** Folders of evaluations, of results, or items files. */
  readonly from: readonly string[];
  /** Folder that the files go to. */
  readonly out: string;
  readonly settings: NumbersOptions['settings'];
  /** Whether somebody gave a setting; seed, draws, subsets and parameters that nobody gave are those that the numbers were computed with before. */
  readonly isGiven: (key: keyof NumbersOptions['settings']) => boolean;
  readonly titles: NumbersOptions['titles'];
  readonly reference?: string | undefined;
}

/**
 * Everything is read and computed before the first file is written. Failed items of several runs are those that failed in one and were judged in none.
 * RESULTS_MISSING, RESULTS_BROKEN (half a file, another than its summary says), EVALUATION_MIXED, SETTING_INVALID for a reference that is no rule of these numbers, and what numbersOf refuses.
 */
export async function writeReportFiles({ from, out, settings, isGiven, titles, reference }: ReportRequest): Promise<Results> {
  const files = from.map((name) => { const path = itemsFileOf(name), summary = summaryBeside(path); return { name, path, summary, sha256: summary?.items.sha256 }; });
  const known = files.flatMap(({ summary }) => summary ?? []);
  const provenance = mergedProvenance(await Promise.all(files.map(async ({ name, path, summary, sha256 }): Promise<Merged> => ({ name, summary, sha256: sha256 ?? await sha256Of(path) }))));
  const read = (): AsyncIterable<VerdictsRecord> => (files.length === 1 ? readItems(files[0]!.path, files[0]) : mergedItems(files));
  const asked = new Map(known.flatMap(({ failed }) => Object.entries(failed).flatMap(([set, ids]) => ids.map((id) => [id, set] as const))));
  const { evaluation: plain, failed } = await numbersOf(read(), { settings: asBefore(settings, isGiven, known), titles, asked });
  const evaluation = { ...plain, notes: [...plain.notes, ...provenanceNotes(provenance)] };
  if (reference !== undefined) checkReference(reference, evaluation);
  const paths = resultFiles(out);
  return onStorage(out, async () => {
    mkdirSync(out, { recursive: true });
    await removeLeftovers(out);
    const items = await writeSorted(paths.items, linesOf(read()));
    return { evaluation, paths, summary: await writeFiles({ evaluation, failed, paths, items, from: provenance, reference }), rulesAsked: settings['evaluate.rules'].length > 0 };
  });
}

const methodKeys = { seed: 'seed', 'evaluate.draws': 'draws', 'evaluate.subsets': 'subsets', 'evaluate.policyParameters': 'policyParameters', 'evaluate.scorerParameters': 'scorerParameters' } as const satisfies { readonly [key: string]: keyof Method };

/** The settings with what nobody gave as all of the summaries have it. */
export function asBefore(settings: ReportRequest['settings'], isGiven: ReportRequest['isGiven'], summaries: readonly Summary[]): ReportRequest['settings'] {
  const before = (Object.keys(methodKeys) as (keyof typeof methodKeys)[]).filter((key) => !isGiven(key)).flatMap((key) => {
    const values = [...new Set(summaries.map(({ evaluation: { method } }) => method[methodKeys[key]]))];
    return values.length === 1 ? [[key, values[0]] as const] : [];
  });
  return { ...settings, ...Object.fromEntries(before) };
}

function checkReference(reference: string, { sets }: Evaluation): void {
  const names = sets[0]!.rules.map(({ rule }) => rule);
  const { name } = ruleNamed(reference);
  if (!names.includes(name)) throw new FaultError('SETTING_INVALID', `The reference rule ${name} is none of this evaluation.`, { hint: `Its rules: ${names.join(', ')}.` });
}

async function* linesOf(items: AsyncIterable<VerdictsRecord>): AsyncGenerator<{ readonly key: string; readonly line: string }> {
  for await (const item of items) yield { key: item.item.id, line: JSON.stringify(item) };
}
