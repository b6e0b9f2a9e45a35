import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob } from '@slowthink/records';
import { fileHash } from './file-hash.ts';

/** A table of a sealed data set. */
export type DataKind = 'sft' | 'prm' | 'preference' | 'preference_steps';

/** The table that a task reads; dpo also reads preference_steps where its setting `steps` is true. */
export const kindOf: { readonly [Task in TrainingJob['task']]: DataKind } = { sft: 'sft', prm: 'prm', dpo: 'preference' };

export interface DataFile {
  readonly dataset: number; // its place in the job, from 0
  readonly path: string; // KIND/FILE
  readonly sha256: string;
}

/** The files of a table over all data sets: sorted by the bytes of FILE, data sets in the order of the job. One of them may lack it. DIR_MISSING: no such folder; DATASET_EMPTY: all of them do. */
export async function dataFiles(datasets: readonly string[], kind: DataKind, signal?: AbortSignal): Promise<readonly DataFile[]> {
  const files: DataFile[] = [];
  for (const [dataset, folder] of datasets.entries()) {
    for (const name of await namesOf(folder, kind)) files.push({ dataset, path: `${kind}/${name}`, sha256: await fileHash(join(folder, kind, name), signal) });
  }
  if (files.length === 0) throw new FaultError('DATASET_EMPTY', `There are no ${kind} rows: no ${kind}/*.parquet in ${datasets.join(', ')}.`, { hint: kind.startsWith('preference') ? 'Preference pairs are made where they are asked for: --pairs level,leaf (docs/labels.md).' : 'Seal a run that closed at least one tree with a finished chain.' });
  return files;
}

/** The hash of files that `dataFiles` gave: sha256 of the lines "SHA256  D/KIND/FILE\n". */
export const hashOfFiles = (files: readonly DataFile[]): string => createHash('sha256').update(files.map(({ dataset, path, sha256 }) => `${sha256}  ${dataset}/${path}\n`).join('')).digest('hex');

/** What tells the rows of two trainings apart (docs/training.md): the bytes of the table's files and their order, not where they lie. Memory: one chunk. DIR_MISSING, DATASET_EMPTY. */
export async function dataHash(datasets: readonly string[], kind: DataKind, signal?: AbortSignal): Promise<string> {
  return hashOfFiles(await dataFiles(datasets, kind, signal));
}

async function namesOf(folder: string, kind: DataKind): Promise<readonly string[]> {
  const read = async (path: string): Promise<readonly string[] | undefined> => { try { return await readdir(path); } catch { return undefined; } };
  const names = await read(join(folder, kind));
  if (names === undefined && (await read(folder)) === undefined) throw new FaultError('DIR_MISSING', `There is no data set ${folder}.`, { hint: 'Give the folder that "slowthink seal" made: DIR/dataset.' });
  return (names ?? []).filter((name) => /\.(parquet|arrow)$/.test(name) && !name.startsWith('.')).toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}
