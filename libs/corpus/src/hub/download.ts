import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { HubServer } from './hub-server.ts';

/** A file of a data set, as the hub lists it. */
export interface HubFile {
  readonly path: string; // in the data set
  readonly size: number; // bytes
  readonly sha256?: string; // of large files
  readonly blob?: string; // git's sha1 of "blob SIZE\0" and the bytes, of the others
}

/**
 * Fetches a file to `path`, which appears whole or not at all. Bytes go to `path`.part first: what a cut connection or a killed process left there is gone on with. The whole is then compared with the size and checksum that the hub lists, synced and renamed.
 * Two processes at once may spoil each other's part, never the file. Faults: those of HubServer, HUB_FILE_CORRUPT (the part is removed), DISK_FULL, DISK_FAILED. Memory: one chunk.
 */
export async function download(server: HubServer, url: string, file: HubFile, path: string, what: string): Promise<void> {
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  for (let before = await sizeOf(part); ;) {
    try { await server.again(what, async () => fill(server, url, file, part, what)); break; } catch (error) {
      const has = await sizeOf(part);
      if (!(error instanceof FaultError) || !error.retry || has <= before) throw error;
      before = has; // five cuts in a row, but each brought some bytes
    }
  }
  const problem = await differenceOf(file, part);
  if (problem !== undefined) {
    await rm(part, { force: true });
    throw new FaultError('HUB_FILE_CORRUPT', `${what}: ${problem}.`);
  }
  await rename(part, path);
}

/** Asks for the bytes that the part lacks and writes them; an answer from the beginning begins it anew. */
async function fill(server: HubServer, url: string, { size }: HubFile, part: string, what: string): Promise<void> {
  const has = await sizeOf(part);
  if (has === size && size > 0) return;
  const from = has < size ? has : 0;
  const answer = await server.get(url, what, from > 0 ? { range: `bytes=${from}-` } : {});
  const goesOn = answer.statusCode === 206 && from > 0;
  if (answer.statusCode === 416) { await answer.body.dump(); await rm(part, { force: true }); throw new FaultError('HUB_UNREACHABLE', `${what}: the server has no bytes behind ${from}.`); }
  try {
    await using handle = await open(part, goesOn ? 'a' : 'w');
    for await (const chunk of answer.body as AsyncIterable<Buffer>) await handle.writeFile(chunk);
    await handle.sync();
  } catch (error) { throw onDisk(error as NodeJS.ErrnoException, part); }
  const got = await sizeOf(part);
  if (got < size) throw new FaultError('HUB_UNREACHABLE', `${what}: the connection was cut at ${got} of ${size} bytes.`);
}

const sizeOf = async (path: string): Promise<number> => (await stat(path).catch(() => undefined))?.size ?? 0;

async function differenceOf({ size, sha256, blob }: HubFile, part: string): Promise<string | undefined> {
  const got = await sizeOf(part);
  if (got !== size) return `${got} bytes came, the hub lists ${size}`;
  const hash: Hash = sha256 === undefined ? createHash('sha1').update(`blob ${size}\0`) : createHash('sha256');
  for await (const chunk of createReadStream(part, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  const found = hash.digest('hex');
  const wanted = sha256 ?? blob;
  return wanted === undefined || found === wanted ? undefined : `the ${sha256 === undefined ? 'git hash' : 'sha256'} of what came is ${found}, the hub lists ${wanted}`;
}

function onDisk(error: NodeJS.ErrnoException, part: string): unknown {
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return new FaultError('DISK_FULL', `No room for ${part}.`, { cause: error, hint: 'Free some space, or give another folder with --cache; the download goes on where it stopped.' });
  return error.code === 'EIO' || error.code === 'EROFS' || error.code === 'EACCES' ? new FaultError('DISK_READ_ONLY', `${part} cannot be written: ${error.message}.`, { cause: error, hint: 'Give a folder that can be written with --cache.' }) : error;
}
