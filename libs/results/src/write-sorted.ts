import { createHash } from 'node:crypto';
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { temporaryPath } from './temporary-files.ts';

export interface WrittenFile {
  readonly path: string;
  readonly sha256: string;
  readonly lines: number;
  /** Bytes of the longest line, its end included. */
  readonly longest: number;
}

interface Place { readonly key: string; readonly at: number; readonly length: number }

/**
 * Writes lines in the order of their keys (code units; of equal keys the last line counts), whatever order they come in. The file appears whole or not at all. Memory: keys and places; the lines go through a
 * scratch file beside it.
 */
export async function writeSorted(path: string, lines: AsyncIterable<{ readonly key: string; readonly line: string }>): Promise<WrittenFile> {
  const [scratch, whole] = [temporaryPath(path, 'rows'), temporaryPath(path)];
  const files: FileHandle[] = [];
  const create = async (name: string): Promise<FileHandle> => { const file = await open(name, 'w+'); files.push(file); return file; };
  try {
    const [rows, target] = [await create(scratch), await create(whole)];
    const places = sorted(await writeAll(rows, lines));
    const hash = createHash('sha256');
    for (const { at, length } of places) {
      const line = await readWhole(rows, at, length);
      hash.update(line);
      await target.appendFile(line);
    }
    await target.sync();
    await rename(whole, path);
    return { path, sha256: hash.digest('hex'), lines: places.length, longest: places.reduce((most, { length }) => Math.max(most, length), 0) };
  } finally {
    for (const file of files) await file.close();
    for (const name of [scratch, whole]) await rm(name, { force: true });
  }
}

const blockBytes = 4 * 1024 * 1024;

async function writeAll(rows: FileHandle, lines: AsyncIterable<{ readonly key: string; readonly line: string }>): Promise<readonly Place[]> {
  const places: Place[] = [];
  let waiting: Buffer[] = [], bytes = 0, at = 0;
  const flush = async (): Promise<void> => { await rows.appendFile(Buffer.concat(waiting)); waiting = []; bytes = 0; };
  for await (const { key, line } of lines) {
    const encoded = Buffer.from(`${line}\n`);
    places.push({ key, at, length: encoded.length });
    at += encoded.length;
    bytes += encoded.length;
    waiting.push(encoded);
    if (bytes >= blockBytes) await flush();
  }
  await flush();
  return places;
}

const sorted = (places: readonly Place[]): readonly Place[] => [...new Map(places.map((place) => [place.key, place])).values()].toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));

async function readWhole(file: FileHandle, at: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, at);
  if (bytesRead !== length) throw new Error(`A scratch file holds ${bytesRead} of ${length} bytes at ${at}: another program changed it.`);
  return buffer;
}
