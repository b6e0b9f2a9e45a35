import { closeSync, existsSync, fsyncSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { Broker } from '@slowthink/broker';
import { lockDir } from './dir-lock.ts';
import type { Durability } from './format.ts';
import { LogView } from './log-view.ts';
import { SqliteBroker } from './sqlite-broker.ts';
import { orFault } from './sqlite-faults.ts';
import { PollingReaders, WaitingReaders } from './waiting-readers.ts';
import { Writer } from './writer.ts';

export interface SqliteBrokerOptions {
  /** The run's folder; made when missing (mode run). The stream is `stream.sqlite` in it. */
  readonly dir: string;
  /** process (default): commits survive kill -9. power: they are reported after fsync and survive the loss of power. */
  readonly durability?: Durability;
  /** run: the only writer of the folder. read: beside a run or without one; writes nothing, holds no lock, waits by looking every 200 ms. */
  readonly mode: 'run' | 'read';
}

/**
 * The embedded broker: one SQLite file in WAL mode, written by one worker thread in group commits.
 * Faults: DIR_IN_USE (names the holder's pid), DIR_MISSING (mode read), DIR_VERSION, DISK_FULL, DISK_READ_ONLY, DISK_FAILED, STORE_CORRUPT.
 */
export async function openSqliteBroker({ dir, durability = 'process', mode }: SqliteBrokerOptions): Promise<Broker> {
  const path = join(dir, 'stream.sqlite');
  if (mode === 'read') return openForReading(path);
  orFault('Cannot make the folder', dir, () => makeDir(dir, durability));
  const lock = lockDir(dir);
  const waiting = new WaitingReaders();
  let writer: Writer | undefined;
  try {
    writer = await Writer.open({ path, durability }, (log) => waiting.wake(log));
    return new SqliteBroker({ view: new LogView(path), writer, wait: (log, wake) => waiting.add(log, wake), release: () => lock.release() });
  } catch (error) {
    await writer?.close();
    lock.release();
    throw error;
  }
}

function openForReading(path: string): Broker {
  if (!existsSync(path)) throw new FaultError('DIR_MISSING', `There is no ${path}.`);
  const view = new LogView(path);
  const polling = new PollingReaders(() => view.version());
  return new SqliteBroker({ view, writer: undefined, wait: (log, wake) => polling.add(log, wake), release: () => {} });
}

/** With `power` the names of new folders are on the disk too; SQLite syncs the folder of its own files. */
function makeDir(dir: string, durability: Durability): void {
  const first = mkdirSync(dir, { recursive: true });
  if (first === undefined || durability !== 'power' || process.platform === 'win32') return;
  for (let made = resolve(dir); made.length >= resolve(first).length; made = dirname(made)) {
    const parent = openSync(dirname(made), 'r');
    try { fsyncSync(parent); } finally { closeSync(parent); }
  }
}
