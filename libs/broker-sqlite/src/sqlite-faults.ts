// What SQLite and the file system say, as faults with a code. Result codes: https://sqlite.org/rescode.html
import { FaultError, type FaultCode } from '@slowthink/faults';

const primaryCodes: { readonly [code: number]: FaultCode } = {
  1: 'STORE_CORRUPT', // SQLITE_ERROR: our statements fit our tables, so that these are not as they were made
  3: 'DISK_READ_ONLY', // SQLITE_PERM
  5: 'DIR_IN_USE', // SQLITE_BUSY: somebody else keeps the file locked beyond the timeout
  8: 'DISK_READ_ONLY', // SQLITE_READONLY
  10: 'DISK_FAILED', // SQLITE_IOERR
  11: 'STORE_CORRUPT', // SQLITE_CORRUPT
  13: 'DISK_FULL', // SQLITE_FULL
  19: 'STORE_CORRUPT', // SQLITE_CONSTRAINT: a record stands where the log has not come to
  14: 'DISK_READ_ONLY', // SQLITE_CANTOPEN: a folder or file that cannot be made or opened
  26: 'STORE_CORRUPT', // SQLITE_NOTADB
};
const extendedCodes: { readonly [code: number]: FaultCode } = {
  4874: 'DISK_FULL', // SQLITE_IOERR_SHMSIZE: no room for the index of the write-ahead log
};
const systemCodes: { readonly [code: string]: FaultCode } = {
  ERR_OUT_OF_RANGE: 'STORE_CORRUPT', // a number that was never written
  ENOENT: 'DISK_READ_ONLY', // what mkdir -p says on a read-only mount
  ENOSPC: 'DISK_FULL', EDQUOT: 'DISK_FULL', EROFS: 'DISK_READ_ONLY', EACCES: 'DISK_READ_ONLY', EPERM: 'DISK_READ_ONLY', ENOTDIR: 'DISK_READ_ONLY', EEXIST: 'DISK_READ_ONLY', EIO: 'DISK_FAILED',
};

/** The fault behind an error of node:sqlite or node:fs, its message naming what was tried (`doing`: "Cannot write", …) and the path; any other error comes back as it is. */
export function faultOf(error: unknown, doing: string, path: string): unknown {
  if (error instanceof FaultError || !(error instanceof Error)) return error;
  const { code, errcode } = error as Error & { readonly code?: string; readonly errcode?: number };
  const fault = errcode === undefined ? systemCodes[code ?? ''] : extendedCodes[errcode] ?? primaryCodes[errcode & 0xff];
  if (fault === undefined) return error;
  const said = errcode === undefined ? error.message : `${error.message} (SQLite code ${errcode})`;
  const hint = fault === 'DIR_IN_USE' ? { hint: 'Close the other program that has the file open for writing.' } : {};
  return new FaultError(fault, `${doing} ${path}: ${said}.`, { cause: error, ...hint });
}

/** Runs `work`; what SQLite or the file system throws becomes a fault (see faultOf). */
export function orFault<Value>(doing: string, path: string, work: () => Value): Value {
  try { return work(); } catch (error) { throw faultOf(error, doing, path); }
}
