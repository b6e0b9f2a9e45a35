import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { PartRecord } from '@slowthink/records';
import { sha256Of } from './durable-file.ts';
import { listFolder } from './part-files.ts';
import { parsePartName, parseTemporaryName } from './part-name.ts';

/**
 * Checks that the listed parts are there with the bytes that were written (size first, then sha256) and that nothing foreign lies beside them. Returns them once each, in byte order of their names.
 * A temporary part and an unlisted one belong to a shard stage that is at work, or to one that was killed or fenced: not data, and no fault; whoever claims the partition next removes them. Faults: PART_MISSING, PART_CHANGED, PART_FOREIGN.
 */
export async function verifyParts(folder: string, parts: readonly PartRecord[]): Promise<readonly PartRecord[]> {
  const byFile = new Map(parts.map((part) => [part.file, part])); // listed again: the later record counts
  for (const part of byFile.values()) await verifyPart(folder, part);
  const foreign = (await listFolder(folder)).filter((file) => !byFile.has(file) && parseTemporaryName(file) === undefined && parsePartName(file) === undefined);
  if (foreign.length > 0) throw new FaultError('PART_FOREIGN', `${folder} holds ${foreign.length === 1 ? 'a file' : `${foreign.length} files`} that no record lists: ${foreign.slice(0, 5).join(', ')}.`);
  return [...byFile.values()].sort((a, b) => (a.file < b.file ? -1 : 1));
}

async function verifyPart(folder: string, part: PartRecord): Promise<void> {
  const name = parsePartName(part.file);
  if (name === undefined || name.kind !== part.kind) throw new FaultError('PART_FOREIGN', `The list names ${JSON.stringify(part.file)} of kind ${JSON.stringify(part.kind)}, which this version does not write.`);
  const path = join(folder, part.file);
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new FaultError('PART_MISSING', `${path} is listed with ${part.rows} rows and is not there.`);
  if (found.size !== part.bytes) throw new FaultError('PART_CHANGED', `${path} has ${found.size} bytes; ${part.bytes} were written.`);
  const sha256 = await sha256Of(path);
  if (sha256 !== part.sha256) throw new FaultError('PART_CHANGED', `${path} has sha256 ${sha256}; ${part.sha256} was written.`);
}
