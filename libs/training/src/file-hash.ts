import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { FaultError } from '@slowthink/faults';

/** sha256 of a file's bytes, 64 hex digits. Memory: one chunk of 1 MiB. DISK_FAILED where it cannot be read. */
export async function fileHash(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : { signal }) })) hash.update(chunk as Buffer);
  } catch (error) {
    signal?.throwIfAborted();
    throw new FaultError('DISK_FAILED', `${path} cannot be read: ${(error as Error).message}.`, { hint: 'Look whether the file is there and may be read.', cause: error });
  }
  return hash.digest('hex');
}
