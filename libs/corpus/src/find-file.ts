import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { closest, distance } from 'fastest-levenshtein';
import { FaultError } from '@slowthink/faults';
import { findByFileName, findDataset, readManifest, type KnownDataset } from './manifests.ts';

/** A file that holds questions, and the data set it is known as. */
export interface FoundFile {
  readonly path: string;
  readonly sha256: string; // hex, of the whole file
  readonly known?: KnownDataset;
}

/**
 * What a user's PATH means: a question file (known by its sha256, or by its name where the manifest of that name knows none), a manifest (.json), or the name or alias of a known data set, whose file is looked for beside its manifest and in `folders`.
 * A path that exists wins over a name. Throws QUESTION_FILE_MISSING; QUESTION_MANIFEST_WRONG when the file of a manifest has another sha256 than it says. Cost: reads the file once.
 */
export async function findFile(path: string, datasets: readonly KnownDataset[], folders: readonly string[]): Promise<FoundFile> {
  const size = await sizeOf(path);
  if (size !== undefined) {
    const manifest = path.endsWith('.json') && size < manifestBytesMax ? await readManifest(path) : undefined;
    if (manifest) return fileOf(manifest, folders);
    const sha256 = await sha256Of(path);
    const known = datasets.find((each) => each.manifest.file.sha256 === sha256) ?? findByFileName(datasets.filter(({ manifest }) => manifest.file.sha256 === undefined), path);
    return { path, sha256, ...(known ? { known } : {}) };
  }
  const known = findDataset(datasets, path);
  if (known) return fileOf(known, folders);
  const names = datasets.flatMap(({ manifest }) => [manifest.name, ...manifest.aliases]);
  const near = names.length > 0 ? closest(path, names) : undefined;
  const nearest = near !== undefined && distance(near.toLowerCase(), path.toLowerCase()) <= 3 ? ` The nearest known data set is "${near}".` : '';
  throw new FaultError('QUESTION_FILE_MISSING', `There is no file ${path} and no data set of that name.${nearest}`);
}

const manifestBytesMax = 256 * 1024;

async function fileOf(known: KnownDataset, folders: readonly string[]): Promise<FoundFile> {
  const { name, file, source } = known.manifest;
  const places = [join(known.folder, file.path), ...folders.flatMap((folder) => [join(folder, file.path), join(folder, basename(file.path))])];
  for (const path of places) {
    if ((await sizeOf(path)) === undefined) continue;
    const sha256 = await sha256Of(path);
    if (file.sha256 !== undefined && sha256 !== file.sha256) {
      throw new FaultError('QUESTION_MANIFEST_WRONG', `${path} is not the published file of the data set ${name}: its sha256 is ${sha256}, the manifest says ${file.sha256}.`, { hint: 'Fetch the published file, or give this one by its path: it is then a data set of its own.' });
    }
    return { path, sha256, known };
  }
  const published = `${source.place}${source.commit === undefined ? '' : `, commit ${source.commit}`}${source.path === undefined ? '' : `, ${source.path}`}`;
  const fetch = source.hub === undefined ? 'Fetch it and give its path.' : `Fetch it and give its path, or let Slowthink fetch it: hf:${source.hub}.`;
  throw new FaultError('QUESTION_FILE_MISSING', `The data set ${name} is known, but its file ${basename(file.path)} is not here (looked at ${places.join(', ')}).`, { hint: `It is published at ${published}. ${fetch}` });
}

async function sizeOf(path: string): Promise<number | undefined> {
  try {
    const found = await stat(path);
    return found.isFile() ? found.size : found.isDirectory() ? refuseFolder(path) : undefined;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw error instanceof FaultError ? error : unreadable(path, error as Error);
  }
}

function refuseFolder(path: string): never {
  throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} is a folder, no file.`, { hint: 'Give the files in it.' });
}

/** The sha256 of a file's bytes, in hex. Throws QUESTION_FILE_UNREADABLE. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256');
  try { await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash); } catch (cause) { throw unreadable(path, cause as Error); }
  return hash.digest('hex');
}

const unreadable = (path: string, cause: Error): FaultError => new FaultError('QUESTION_FILE_UNREADABLE', `${path} cannot be opened: ${cause.message}.`, { cause, hint: 'Check that you may read the file.' });
