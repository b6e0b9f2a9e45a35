import { createHash } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { fileHash } from './file-hash.ts';

/** Files of a model folder that are no part of what it is: what lists the others, and what tells of them. */
const left = new Set(['checksums.json', 'README.md']);

/** The files that a model folder consists of: paths relative to it with "/", sorted by their bytes. Links to files count as files, links to folders do not count. MODEL_FOLDER_WRONG: no such folder, or none in it. */
export async function modelFiles(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const entry of await readdir(join(folder, path), { withFileTypes: true })) {
      if (entry.name.startsWith('.')) continue;
      const inner = path === '' ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) await walk(inner);
      else if (!left.has(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && (await stat(join(folder, inner))).isFile()))) found.push(inner);
    }
  };
  try { await walk(''); } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new FaultError('MODEL_FOLDER_WRONG', code === 'ENOENT' || code === 'ENOTDIR' ? `There is no folder ${folder}, or a link in it leads nowhere.` : `${folder} cannot be read: ${(error as Error).message}.`, { hint: 'Give a folder with config.json, tokenizer.json and weights.', cause: error });
  }
  if (found.length === 0) throw new FaultError('MODEL_FOLDER_WRONG', `${folder} holds no file of a model.`, { hint: 'Give a folder with config.json, tokenizer.json and weights.' });
  return found.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

export interface HashedModel {
  readonly sha256: string; // the model hash
  readonly files: ReadonlyMap<string, string>; // path -> sha256
}

/** The model hash together with the hash of each file. Reads every byte once; memory: one chunk. MODEL_FOLDER_WRONG. */
export async function hashModel(folder: string, signal?: AbortSignal): Promise<HashedModel> {
  const all = createHash('sha256'), files = new Map<string, string>();
  for (const path of await modelFiles(folder)) {
    const sha256 = await fileHash(join(folder, path), signal);
    files.set(path, sha256);
    all.update(`${sha256}  ${path}\n`);
  }
  return { sha256: all.digest('hex'), files };
}

/**
 * What tells two models apart (docs/training.md): sha256 of the lines "SHA256  PATH\n" of its files, sorted by the bytes of PATH. Where the folder lies, checksums.json, README.md and names that begin with a dot are no
 * part of it. MODEL_FOLDER_WRONG.
 */
export const modelHash = async (folder: string, signal?: AbortSignal): Promise<string> => (await hashModel(folder, signal)).sha256;
