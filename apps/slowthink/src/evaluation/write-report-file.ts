import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeReport } from '@slowthink/report';
import type { VerdictsRecord } from '@slowthink/records';
import type { Summary } from './summary.ts';

/** report.html: whole or not at all; pieces go to the disk as they are made. */
export async function writeReportFile(path: string, { evaluation, run, items, settings }: Summary, records: AsyncIterable<VerdictsRecord>): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  const file = await open(temporary, 'w');
  try {
    for await (const piece of writeReport(evaluation, records, { run, itemsSha256: items.sha256, settings })) await file.appendFile(piece);
    await file.sync();
    await file.close();
    await rename(temporary, path);
  } finally {
    await file.close().catch(() => {});
    await rm(temporary, { force: true });
  }
}
