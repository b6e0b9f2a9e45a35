// Results that are there -> numbers, tables and a report anew: other rules, or several runs as one. No model and no log is asked.
import { mkdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { VerdictsRecord } from '@slowthink/records';
import { itemsFileOf, readItems, resultFiles, writeSorted, type WrittenFile } from '@slowthink/results';
import { onStorage } from '@slowthink/tables';
import { mergedItems } from './merged-items.ts';
import { numbersOf, rulesIn, type NumbersOptions } from './numbers-of.ts';
import { summaryOf, type Summary } from './summary.ts';
import { writeMedsss } from './write-medsss.ts';
import { writeReportFile } from './write-report-file.ts';
import type { Results } from './write-results.ts';
import { writeTables } from './write-tables.ts';

export interface ReportRequest {
  /** Folders of evaluations, of results, or items files. */
  readonly from: readonly string[];
  /** Folder that the files go to. */
  readonly out: string;
  readonly numbers: Omit<NumbersOptions, 'failed'>;
  readonly reference?: string | undefined;
}

/** RESULTS_MISSING, RESULTS_BROKEN (half a file, another than its summary says), EVALUATION_MIXED and what numbers and report refuse. */
export async function writeReportFiles({ from, out, numbers, reference }: ReportRequest): Promise<Results> {
  const files = from.map(itemsFileOf);
  const summaries = files.map(summaryBeside);
  checkSameSampling(from, summaries);
  for (const [at, file] of files.entries()) if (summaries[at] !== undefined) await checkWhole(file, summaries[at].items.sha256);
  const paths = resultFiles(out);
  return onStorage(out, async () => {
    mkdirSync(out, { recursive: true });
    const items = await writeSorted(paths.items, linesOf(files.length === 1 ? readItems(files[0]!) : mergedItems(files)));
    const evaluation = await numbersOf(readItems(paths.items), { ...numbers, failed: () => failedOf(summaries) });
    const [only] = summaries;
    const summary = summaryOf({ evaluation, items, settings: summaries.length === 1 ? only?.settings ?? {} : {}, run: summaries.length === 1 ? only?.run ?? null : null });
    await writeFile(paths.summary, `${JSON.stringify(summary, null, 2)}\n`);
    await writeTables(paths, items.longest, rulesIn(evaluation));
    await writeMedsss(paths, evaluation);
    await writeReportFile(paths.report, summary, readItems(paths.items), reference);
    return { evaluation, paths, summary };
  });
}

/** Settings under which candidates were drawn: they stand in no item, and candidates of other ones are not one pool. */
const samplingKeys = ['recipe', 'evaluate.temperature', 'evaluate.topP', 'evaluate.tokens', 'search.prompting', 'search.stepping', 'search.thinking'];

function checkSameSampling(from: readonly string[], summaries: readonly (Summary | undefined)[]): void {
  for (const [at, summary] of summaries.entries()) {
    const other = samplingKeys.find((key) => summary !== undefined && summaries[0] !== undefined && (summary.settings[key] ?? null) !== (summaries[0].settings[key] ?? null));
    if (other !== undefined) throw new FaultError('EVALUATION_MIXED', `These runs cannot be merged. ${other} is ${String(summaries[0]!.settings[other] ?? 'not set')} in ${from[0]} and ${String(summary!.settings[other] ?? 'not set')} in ${from[at]}.`);
  }
}

async function* linesOf(items: AsyncIterable<VerdictsRecord>): AsyncGenerator<{ readonly key: string; readonly line: string }> {
  for await (const item of items) yield { key: item.item.id, line: JSON.stringify(item) };
}

const checkWhole = async (file: string, sha256: WrittenFile['sha256']): Promise<void> => { for await (const _ of readItems(file, { sha256 })); };

/** The summary that lies beside an items file; undefined where there is none, as for a file that somebody copied. */
export function summaryBeside(items: string): Summary | undefined {
  try { return JSON.parse(readFileSync(join(dirname(items), 'summary.json'), 'utf8')) as Summary; } catch { return undefined; }
}

/** Items that failed in any of the runs, as their summaries say it. */
function failedOf(summaries: readonly (Summary | undefined)[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { name, failed } of summaries.flatMap((summary) => summary?.evaluation.sets ?? [])) counts.set(name, (counts.get(name) ?? 0) + failed);
  return counts;
}
