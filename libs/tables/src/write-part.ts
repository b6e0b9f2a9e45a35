import { createHash } from 'node:crypto';
import { mkdir, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordBatch } from 'apache-arrow';
import { crossPoint } from '@slowthink/faults';
import type { PartRecord } from '@slowthink/records';
import { syncToDisk } from './durable-file.ts';
import type { TableKind } from './kinds.ts';
import { parquetBytes } from './parquet-bytes.ts';
import { partFileName, temporaryFileName } from './part-name.ts';
import { onStorage } from './storage-fault.ts';

export interface PartToWrite {
  /** Folder of the parts; made if it is missing. */
  readonly folder: string;
  readonly kind: TableKind;
  readonly partition: number;
  /** Offsets of `trajectories` that the rows come from, both inclusive. */
  readonly firstOffset: number;
  readonly lastOffset: number;
  /** Name and hash of the label settings of the rows. */
  readonly labels: string;
  /** What toRecordBatch gave. */
  readonly batch: RecordBatch;
  /** Aborted: the part does not come to be, even if it is written already. */
  readonly signal?: AbortSignal;
}

/**
 * Writes one part so that it is whole or absent: temporary file, fsync, rename, fsync of the folder. It is data only once the returned record stands in the topic `parts`.
 * Writing the same offsets again overwrites the file. Faults: DISK_FULL, DISK_READ_ONLY.
 */
export async function writePart({ folder, kind, partition, firstOffset, lastOffset, labels, batch, signal }: PartToWrite): Promise<PartRecord> {
  const file = partFileName({ kind, partition, firstOffset });
  const chunks = await parquetBytes(batch);
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  await onStorage(join(folder, file), async () => {
    await mkdir(folder, { recursive: true });
    const temporary = join(folder, temporaryFileName(file));
    crossPoint('part.writing', kind);
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(chunks);
      crossPoint('part.written', kind);
      await handle.sync();
    } finally { await handle.close(); }
    crossPoint('part.synced', kind);
    signal?.throwIfAborted();
    await rename(temporary, join(folder, file));
    crossPoint('part.renamed', kind);
    await syncToDisk(folder);
    crossPoint('part.kept', kind);
  });
  return { type: 'part', v: 1, kind, file, partition, firstOffset, lastOffset, rows: batch.numRows, bytes: chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0), sha256: hash.digest('hex'), labels };
}
