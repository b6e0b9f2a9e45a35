import { join } from 'node:path';
import { crossPoint } from '@slowthink/faults';
import type { PartRecord } from '@slowthink/records';
import { diskFiles, type PartFiles } from './part-files.ts';
import { parsePartName, parseTemporaryName } from './part-name.ts';
import { onStorage } from './storage-fault.ts';

export interface Removal {
  /** Temporary files and unlisted parts that were deleted. */
  readonly removed: readonly string[];
  /** Entries whose names are not ours: left as they are. */
  readonly foreign: readonly string[];
}

export interface RemovalScope {
  /** Only what is of this partition: other workers may be at work in the folder. */
  readonly partition?: number;
  /** Only names that were seen before the partition was claimed and `parts` read: what comes later is another's. */
  readonly among?: readonly string[];
  /** Default: the disk of this machine. */
  readonly files?: PartFiles | undefined;
}

/** Start-up of a writer: deletes what an earlier one left half done, temporary files and parts that no record lists. A missing folder holds nothing. Faults: DISK_READ_ONLY. */
export async function removeUnlisted(folder: string, parts: readonly PartRecord[], { partition, among, files = diskFiles }: RemovalScope = {}): Promise<Removal> {
  const listed = new Set(parts.map((part) => part.file));
  const entries = among ?? await files.list(folder);
  const names = new Map(entries.map((file) => [file, parseTemporaryName(file) ?? parsePartName(file)]));
  const removed = entries.filter((file) => { const name = names.get(file); return name !== undefined && !listed.has(file) && (partition === undefined || name.partition === partition); });
  for (const file of removed) await onStorage(join(folder, file), () => files.remove(join(folder, file)));
  crossPoint('unlisted.removed', `partition ${partition}`);
  return { removed, foreign: entries.filter((file) => names.get(file) === undefined && !listed.has(file)) };
}
