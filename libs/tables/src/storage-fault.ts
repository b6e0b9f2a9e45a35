import { FaultError, type FaultCode } from '@slowthink/faults';

const codeOf: { readonly [errno: string]: FaultCode } = { ENOSPC: 'DISK_FULL', EDQUOT: 'DISK_FULL', EROFS: 'DISK_READ_ONLY', EACCES: 'DISK_READ_ONLY', EPERM: 'DISK_READ_ONLY', EEXIST: 'DISK_READ_ONLY', ENOTDIR: 'DISK_READ_ONLY', EISDIR: 'DISK_READ_ONLY', ENOENT: 'DISK_READ_ONLY' };
/** Something else stands at the path, or on the way to it. */
const inTheWay: { readonly [errno: string]: string } = { EEXIST: 'a file stands where a folder is to be', ENOTDIR: 'a part of its path is a file and no folder', EISDIR: 'a folder stands where a file is to be', ENOENT: 'a part of its path is not there' };
const sentences: readonly (readonly [RegExp, FaultCode])[] = [[/No space left on device|Disk quota exceeded/i, 'DISK_FULL'], [/Read-only file system|Permission denied/i, 'DISK_READ_ONLY']];

/** Turns an error of the file system, or one of DuckDB about it, into DISK_FULL or DISK_READ_ONLY that names the path; gives any other error back as it is. */
export function storageFault(error: unknown, path: string): unknown {
  if (error instanceof FaultError) return error;
  const errno = (error as NodeJS.ErrnoException | null)?.code ?? '';
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf[errno] ?? sentences.find(([pattern]) => pattern.test(message))?.[1];
  if (code === undefined) return error;
  return new FaultError(code, code === 'DISK_FULL' ? `There is no space left to write ${path}.` : `${path} cannot be written${inTheWay[errno] === undefined ? '' : `: ${inTheWay[errno]}`}.`, { cause: error });
}

/** Runs `work` and throws what storageFault makes of its error. */
export async function onStorage<T>(path: string, work: () => Promise<T>): Promise<T> {
  try { return await work(); } catch (error) { throw storageFault(error, path); }
}
