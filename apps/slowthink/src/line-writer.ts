import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { FaultError } from '@slowthink/faults';

/** Takes lines one after the other and waits where the reader is slow: memory stays bounded. */
export interface LineWriter {
  readonly write: (line: string) => Promise<void>;
  /** The file stands under its name only now. */
  readonly finish: () => Promise<void>;
  /** Leaves nothing behind. */
  readonly abort: () => Promise<void>;
}

/** Lines to stdout. */
export const stdoutLines = (): LineWriter => ({
  write: async (line) => { if (!process.stdout.write(`${line}\n`)) await once(process.stdout, 'drain'); },
  finish: () => Promise.resolve(), abort: () => Promise.resolve(),
});

/** Lines to a file, which gets its name when it is whole. Faults: SETTING_INVALID (no such folder), DISK_FULL, DISK_READ_ONLY, DISK_FAILED. */
export async function fileLines(path: string, flag: string): Promise<LineWriter> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const stream = createWriteStream(temporary);
  let failed: Error | undefined;
  stream.on('error', (error) => { failed = error; });
  try { await once(stream, 'open'); } catch (error) { throw faultOf(error, path, flag); }
  const check = (): void => { if (failed !== undefined) throw faultOf(failed, path, flag); };
  return {
    write: async (line) => {
      check();
      if (!stream.write(`${line}\n`)) await once(stream, 'drain').catch((error: unknown) => { throw faultOf(error, path, flag); });
    },
    finish: async () => {
      stream.end();
      try { if (!stream.closed) await once(stream, 'close'); check(); await rename(temporary, path); } catch (error) { throw error instanceof FaultError ? error : faultOf(error, path, flag); }
    },
    abort: async () => { stream.destroy(); await rm(temporary, { force: true }); },
  };
}

function faultOf(error: unknown, path: string, flag: string): FaultError {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return new FaultError('SETTING_INVALID', code === 'EISDIR' ? `${flag} is ${path}, a folder; a file is wanted.` : `${flag} is ${path}; there is no folder ${dirname(path)}.`, { hint: `Give ${flag} a file in a folder that exists.`, cause: error });
  const what = code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : code === 'EROFS' || code === 'EACCES' || code === 'EPERM' ? 'DISK_READ_ONLY' : 'DISK_FAILED';
  return new FaultError(what, `${path} cannot be written: ${message}.`, { hint: `Give ${flag} a file that can be written.`, cause: error });
}
