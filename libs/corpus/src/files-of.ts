import { readdir } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { sha256Of } from './find-file.ts';
import { findByFileName, readManifests, type KnownDataset } from './manifests.ts';
import type { CorpusFile } from './read-corpus.ts';

/** What was found in a folder. */
export interface FolderFiles {
  readonly files: readonly (CorpusFile & { readonly known: KnownDataset })[]; // in the order of their data sets' names
  /** Question files that were not taken, by name, each with the reason. */
  readonly passedOver: readonly { readonly name: string; readonly why: string }[];
}

const questionFiles: ReadonlySet<string> = new Set(['.json', '.jsonl', '.ndjson', '.csv', '.tsv', '.parquet']);

/**
 * The question files of a folder (not of folders in it) that `manifests`, or manifests in the folder itself, know: by sha256, else by the name of the manifest's file or a name or alias of the data set. A file that only has
 * the name of a set whose checksum is known is not the published one and is passed over, as is the second file of one set. The order is that of the data sets' names, whatever the files are called, so that two folders
 * with the same sets give the same run. Throws QUESTION_FILE_MISSING when nothing in it is known, QUESTION_FILE_UNREADABLE. Cost: reads each file once.
 */
export async function filesOf(folder: string, manifests: readonly KnownDataset[]): Promise<FolderFiles> {
  const own = (await readManifests(folder).catch((error: unknown) => { throw unreadable(folder, error); })).filter(({ manifest }) => !manifests.some((each) => each.manifest.name === manifest.name));
  const datasets = [...manifests, ...own];
  const names = (await readdir(folder, { withFileTypes: true })).filter((entry) => !entry.isDirectory() && !entry.name.startsWith('.') && !entry.name.endsWith('.manifest.json') && questionFiles.has(extname(entry.name).toLowerCase())).map(({ name }) => name).sort();
  const taken = new Map<string, CorpusFile & { readonly known: KnownDataset; readonly name: string }>();
  const passedOver: { readonly name: string; readonly why: string }[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const sha256 = await sha256Of(path);
    const byName = findByFileName(datasets, name);
    const known = datasets.find(({ manifest }) => manifest.file.sha256 === sha256) ?? byName;
    if (known === undefined) { passedOver.push({ name, why: 'no manifest knows it' }); continue; }
    const { name: dataset, file } = known.manifest;
    const before = taken.get(dataset);
    if (file.sha256 !== undefined && file.sha256 !== sha256) passedOver.push({ name, why: `it is not the published file of ${dataset}` });
    else if (before !== undefined) passedOver.push({ name, why: `${before.name} is ${dataset} already` });
    else taken.set(dataset, { path, given: folder, known, name });
  }
  if (taken.size === 0) {
    throw new FaultError('QUESTION_FILE_MISSING', `No file in ${folder} is known${names.length === 0 ? ': there is no question file in it' : ` (looked at ${names.slice(0, 10).join(', ')}${names.length > 10 ? `, and ${names.length - 10} more` : ''})`}.`, {
      hint: 'Files are known by checksum, or by the name of a data set: "slowthink datasets" lists both. Give any other file by its own path.',
    });
  }
  return { files: [...taken.values()].toSorted((a, b) => (a.known.manifest.name < b.known.manifest.name ? -1 : 1)).map(({ path, given, known }) => ({ path, given, known })), passedOver };
}

function unreadable(folder: string, error: unknown): FaultError {
  return error instanceof FaultError ? error : new FaultError('QUESTION_FILE_UNREADABLE', `The folder ${folder} cannot be read: ${(error as Error).message}.`, { cause: error, hint: 'Check that you may read the folder.' });
}
