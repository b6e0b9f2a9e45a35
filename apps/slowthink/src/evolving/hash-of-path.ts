import { createHash } from 'node:crypto';
import { readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { sha256Of } from '@slowthink/tables';
import { modelHash } from '@slowthink/training';

/**
 * sha256 of what a step makes, by the kind of its path: a model or adapter as the trainer hashes it, a data set by its data files (card and lineage say how it was made, not what it is), any other path as a file.
 * undefined where there is none.
 */
export async function hashOfPath(path: string): Promise<string | undefined> {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  if (/[\\/](?:model|adapter)$/.test(path)) return modelHash(path);
  return path.endsWith(`${sep}dataset`) ? datasetHash(path) : sha256Of(path);
}

/** sha256 of the lines "SHA256  KIND/FILE\n", files sorted by their paths. */
async function datasetHash(dir: string): Promise<string> {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => relative(dir, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const hash = createHash('sha256');
  for (const file of files.filter((name) => name !== 'README.md' && !/^(?:lineage\/|\.)/.test(name)).sort()) hash.update(`${await sha256Of(join(dir, file))}  ${file}\n`);
  return hash.digest('hex');
}
