import { rulesIn, type Numbers } from './numbers-of.ts';
import { readItems, writeWhole, type resultPaths, type WrittenFile } from '@slowthink/results';
import { summaryOf, type Provenance, type Summary } from './summary.ts';
import { writeMedsss } from './write-medsss.ts';
import { writeReportFile } from './write-report-file.ts';
import { writeTables } from './write-tables.ts';

export interface FilesRequest extends Numbers {
  readonly paths: ReturnType<typeof resultPaths>;
  readonly items: WrittenFile;
  readonly from: Provenance;
  readonly reference?: string | undefined;
}

/** Everything but the items, which are written: tables, the released form, the report, and last the summary. It names the sha256 of the items, so that results whose writing was cut off are known as such. Each file appears whole or not at all. */
export async function writeFiles({ paths, items, from, evaluation, failed, reference }: FilesRequest): Promise<Summary> {
  const summary = summaryOf({ evaluation, failed, items, from });
  await writeTables(paths, items.longest, rulesIn(evaluation));
  await writeMedsss(paths, evaluation);
  await writeReportFile(paths.report, summary, readItems(paths.items), reference);
  await writeWhole(paths.summary, `${JSON.stringify(summary, null, 2)}\n`);
  return summary;
}
