import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { crossPoint } from '@slowthink/faults';
import { syncToDisk } from './durable-file.ts';
import { parsePartName, parseTemporaryName } from './part-name.ts';

/** What parts ask of a file system: few steps, each with its own promise about a power cut, so that a simulation can stand in for the disk and break off between any two. */
export interface PartFiles {
  /** Names in a folder in byte order; none if it does not exist. */
  list(folder: string): Promise<readonly string[]>;
  /** A new file with these bytes, or one written over; its folder is made if it is missing. Resolved: the bytes survive a power cut, the name not yet. */
  write(path: string, chunks: readonly Uint8Array[]): Promise<void>;
  /** At once for every reader; what had the name is gone. Resolved: the new name survives a power cut. */
  rename(from: string, to: string): Promise<void>;
  /** Gone already is as well. */
  remove(path: string): Promise<void>;
}

/** The disk of this machine. */
export const diskFiles: PartFiles = {
  list: listFolder,
  write: async (path, chunks) => {
    await mkdir(dirname(path), { recursive: true });
    const handle = await open(path, 'w');
    try {
      await handle.writeFile(chunks);
      crossPoint('part.written', parseTemporaryName(basename(path))?.kind);
      await handle.sync();
    } finally { await handle.close(); }
  },
  rename: async (from, to) => {
    await rename(from, to);
    crossPoint('part.renamed', parsePartName(basename(to))?.kind);
    await syncToDisk(dirname(to));
  },
  remove: (path) => rm(path, { force: true }),
};

/** Names in a folder in byte order; none if it does not exist. */
export async function listFolder(folder: string): Promise<readonly string[]> {
  try { return (await readdir(folder)).sort(); } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
