// One writing process a folder. The lock is the operating system's, on a small file held by SQLite (BEGIN EXCLUSIVE), so it ends with the process however that ends; the pid beside it only names the holder.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { FaultError, crossPoint } from '@slowthink/faults';
import { isRunning } from '@slowthink/programs';
import { orFault } from './sqlite-faults.ts';

const lockFile = (dir: string): string => join(dir, 'lock.sqlite');
const pidFile = (dir: string): string => join(dir, 'lock.pid');
const busyMs = 500; // somebody who only asks whether the folder is held has the file for less than a millisecond
const isBusy = (error: unknown): boolean => ((error as { errcode?: number }).errcode ?? 0) % 256 === 5;

export interface DirLock {
  release(): void;
}

/** Takes the folder for this process until `release` or its death. Throws DIR_IN_USE that names the holder's pid; DISK_FULL, DISK_READ_ONLY. */
export function lockDir(dir: string): DirLock {
  const path = lockFile(dir);
  const db = orFault('Cannot lock', path, () => new DatabaseSync(path, { timeout: busyMs }));
  try {
    db.exec('BEGIN EXCLUSIVE');
    crossPoint('lock.taken');
    orFault('Cannot write', pidFile(dir), () => {
      writeFileSync(`${pidFile(dir)}.new`, `${process.pid}\n`);
      renameSync(`${pidFile(dir)}.new`, pidFile(dir));
    });
    crossPoint('lock.named');
  } catch (error) {
    db.close();
    if (!isBusy(error)) return orFault('Cannot lock', path, () => { throw error; });
    const pid = readPid(dir);
    throw new FaultError('DIR_IN_USE', `The folder ${dir} is used by ${pid === undefined ? 'another process' : `process ${pid}`}.`);
  }
  return {
    release() {
      crossPoint('lock.releasing');
      rmSync(pidFile(dir), { force: true });
      db.close();
    },
  };
}

/** Who writes in the folder: its pid, undefined when nobody does. Takes nothing and waits for nothing; the pid is 0 while the holder is still writing it down. */
export function isHeld(dir: string): { readonly pid: number } | undefined {
  if (!existsSync(lockFile(dir))) return undefined;
  try {
    const db = new DatabaseSync(lockFile(dir), { readOnly: true, timeout: 0 });
    try { db.prepare('SELECT count(*) FROM sqlite_schema').get(); } finally { db.close(); }
    return undefined;
  } catch (error) {
    if (isBusy(error)) return { pid: readPid(dir) ?? 0 };
    return orFault('Cannot read', lockFile(dir), () => { throw error; });
  }
}

/** The pid that was written down, if such a process runs: the holder may not have replaced that of a dead one yet. */
function readPid(dir: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(pidFile(dir), 'utf8'), 10);
    return isRunning(pid) ? pid : undefined;
  } catch { return undefined; }
}
