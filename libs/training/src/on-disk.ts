import { FaultError, type FaultCode } from '@slowthink/faults';

const codeOf: { readonly [errno: string]: FaultCode } = { ENOSPC: 'DISK_FULL', EDQUOT: 'DISK_FULL', EROFS: 'DISK_READ_ONLY', EACCES: 'DISK_READ_ONLY', EPERM: 'DISK_READ_ONLY', EEXIST: 'DISK_READ_ONLY', ENOTDIR: 'DISK_READ_ONLY' };

/** Runs `work` on a path and throws what the file system has against it as DISK_FULL, DISK_READ_ONLY or DISK_FAILED. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try { return await work(); } catch (error) {
    if (error instanceof FaultError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException, fault = codeOf[code] ?? 'DISK_FAILED';
    throw new FaultError(fault, fault === 'DISK_FULL' ? `There is no space left to write ${path}.` : `${path} cannot be written: ${message}.`, { cause: error, ...(fault === 'DISK_READ_ONLY' ? { hint: 'Give a folder for the results that can be written.' } : {}) });
  }
}
