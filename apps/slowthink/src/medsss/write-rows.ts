import { mkdirSync } from 'node:fs';
import { open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { Broker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import type { WrittenForm } from '@slowthink/medsss';
import { isRunning } from '@slowthink/programs';
import { temporaryPath } from '@slowthink/results';
import { syncToDisk } from '@slowthink/tables';
import { sortedRows, type SortedRow } from './sorted-rows.ts';

export interface WrittenRows {
  readonly path: string;
  readonly rows: number;
  readonly pos: number; // chains
  readonly neg: number;
  readonly withoutChain: number; // trees that give no row
  readonly benchmarkLeftOut: number; // trees
}

export interface WriteOptions extends WrittenForm {
  /** JSON array; one row a line where the name ends in .jsonl. Replaced whole or not at all. */
  readonly path: string;
  readonly allowBenchmark: boolean;
}

/** The closed trees of a folder as one file in the form of MedSSS-data. The same trees give the same bytes, whatever the partitions. Memory: one tree. DATASET_EMPTY, DISK_FULL, DISK_READ_ONLY. */
export async function writeRows(broker: Broker, { path: given, allowBenchmark, ...form }: WriteOptions): Promise<WrittenRows> {
  const path = resolve(given);
  const temporary = temporaryPath(path);
  const { rows, withoutChain, benchmarkLeftOut, close } = await sortedRows(broker, form, allowBenchmark);
  try {
    const counts = await writeFile(path, temporary, rows);
    if (counts.rows === 0) throw new FaultError('DATASET_EMPTY', `There is no row to write into ${path}${benchmarkLeftOut > 0 ? `: all ${benchmarkLeftOut} trees are of benchmark questions` : ''}.`, benchmarkLeftOut > 0 ? { hint: 'Benchmarks are no training data; --allow-benchmark writes them too.' } : {});
    await rename(temporary, path);
    await syncToDisk(dirname(path));
    await removeLeftovers(path).catch(() => {}); // the file is in its place, whole; what lies beside it may be somebody else's to remove
    return { path, ...counts, withoutChain, benchmarkLeftOut };
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => {});
    throw onDisk(cause, path);
  } finally { close(); }
}

/** Temporary files that killed processes left beside the file. */
async function removeLeftovers(path: string): Promise<void> {
  for (const entry of await readdir(dirname(path))) {
    const [, pid] = entry.startsWith(`.${basename(path)}.`) ? /\.(\d+)\.tmp$/.exec(entry) ?? [] : [];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dirname(path), entry), { force: true });
  }
}

interface Counts { rows: number; pos: number; neg: number }

async function writeFile(path: string, temporary: string, rows: Iterable<SortedRow>): Promise<Counts> {
  const lines = path.endsWith('.jsonl');
  const counts = { rows: 0, pos: 0, neg: 0 };
  mkdirSync(dirname(path), { recursive: true });
  await using file = await open(temporary, 'w');
  let text = lines ? '' : '[\n';
  for (const { row, pos, neg } of rows) {
    text += `${counts.rows === 0 || lines ? '' : ',\n'}${row}${lines ? '\n' : ''}`;
    counts.rows++;
    counts.pos += pos;
    counts.neg += neg;
    if (text.length > 1_000_000) { await file.write(text); text = ''; }
  }
  await file.write(`${text}${lines ? '' : '\n]\n'}`);
  await file.sync();
  return counts;
}

function onDisk(cause: unknown, path: string): unknown {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT') return new FaultError('DISK_FULL', `No room to write ${path}.`, { cause });
  if (code === 'EROFS' || code === 'EACCES' || code === 'EPERM' || code === 'EISDIR' || code === 'EEXIST' || code === 'ENOTDIR') return new FaultError('DISK_READ_ONLY', `${path} cannot be written: ${message}.`, { cause, hint: 'Give a file that can be written with --out.' });
  return cause;
}
