import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { RecordBatch } from 'apache-arrow';
import { FaultError, crossPoint } from '@slowthink/faults';
import type { PartRecord } from '@slowthink/records';
import type { TableKind } from './kinds.ts';
import { parquetBytes } from './parquet-bytes.ts';
import { diskFiles, type PartFiles } from './part-files.ts';
import { newTag, partFileName, temporaryFileName } from './part-name.ts';
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
  /** Name of the temporary file of a part: another one each time when left out. */
  readonly temporary?: (file: string) => string;
  /** Default: the disk of this machine. */
  readonly files?: PartFiles | undefined;
}

/**
 * Writes one part so that it is whole or absent: temporary file, fsync, rename, fsync of the folder. It is data only once the returned record stands in the topic `parts`.
 * Writing the same rows of the same offsets again gives the same bytes under another name. Faults: DISK_FULL, DISK_READ_ONLY; TASK_FENCED where another worker cleared the temporary file away, since the partition is its own now.
 */
export async function writePart({ folder, kind, partition, firstOffset, lastOffset, labels, batch, signal, temporary = temporaryFileName, files = diskFiles }: PartToWrite): Promise<PartRecord> {
  const chunks = await parquetBytes(batch);
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(chunk);
  const sha256 = hash.digest('hex');
  const file = partFileName({ kind, partition, firstOffset, tag: newTag() });
  await onStorage(join(folder, file), async () => {
    const path = join(folder, temporary(file));
    crossPoint('part.writing', kind);
    try {
      await files.write(path, chunks);
      crossPoint('part.synced', kind);
      signal?.throwIfAborted();
      await files.rename(path, join(folder, file));
      crossPoint('part.kept', kind);
    } catch (error) {
      await files.remove(path).catch(() => {}); // the next try has a name of its own
      throw (error as NodeJS.ErrnoException).code === 'ENOENT' ? new FaultError('TASK_FENCED', `${path} was removed while it was written.`, { cause: error }) : error;
    }
  });
  return { type: 'part', v: 1, kind, file, partition, firstOffset, lastOffset, rows: batch.numRows, bytes: chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0), sha256, labels };
}
