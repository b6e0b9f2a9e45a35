import { mkdtemp, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DuckDbSession } from './duckdb-session.ts';
import { syncToDisk } from './durable-file.ts';
import { onStorage } from './storage-fault.ts';
import { writeParquetFile } from './write-parquet-file.ts';

/** Writes the rows of an SQL select, which must name a total order, as one Parquet file: whole or not at all, and the same rows give the same bytes. DISK_FULL, DISK_READ_ONLY. */
export async function copyAsParquet(select: string, path: string, metadata: ReadonlyMap<string, string> = new Map()): Promise<void> {
  await onStorage(path, async () => {
    const spill = await mkdtemp(join(dirname(path), `.spill-${process.pid}-`));
    const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
    try {
      const session = await DuckDbSession.open({ folder: spill });
      try { await writeParquetFile(session, select, temporary, metadata); } finally { session.close(); }
      await syncToDisk(temporary);
      await rename(temporary, path);
    } finally {
      await rm(spill, { recursive: true, force: true });
      await rm(temporary, { force: true });
    }
  });
}
