// The file: which tables it has, which version, and where a record stands.
import type { DatabaseSync } from 'node:sqlite';
import { crc32 } from 'node:zlib';
import type { TopicSpec } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';

/** process: a commit survives the death of the process; a loss of power may cost the last ones, not the file. power: it survives the loss of power too; it is reported after fsync has returned. */
export type Durability = 'process' | 'power';

const formatVersion = 2;
const offsetsMax = 2 ** 40; // a log
export const logsMax = 2 ** 13; // partitions of all topics together: rowids stay exact in a JavaScript number

// SQLite's pages have no checksums: a flipped bit may be another text, number or key that looks as good. So each row has one, over its place and what it says (0: a task that was claimed and has not committed).
// One table for all logs, rowid = log * 2^40 + offset: a leaf holds several records of 1.5 KB, a batch is one range scan. Measured beside it: a WITHOUT ROWID key (topic, partition, offset) wrote half as fast;
// a table a log wrote a fifth faster, at the price of a schema with a table a partition.
const schema = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE topics (name TEXT PRIMARY KEY, partitions INTEGER NOT NULL, retention TEXT NOT NULL, first_log INTEGER NOT NULL, sum INTEGER NOT NULL);
  CREATE TABLE logs (log INTEGER PRIMARY KEY, start INTEGER NOT NULL, next INTEGER NOT NULL, sum INTEGER NOT NULL);
  CREATE TABLE records (id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, sum INTEGER NOT NULL);
  CREATE TABLE progress (stage TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL, record TEXT, sum INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (stage, partition));
  INSERT INTO meta VALUES ('format', '${formatVersion}');
`;

// When records were written: all of a log below `offset` were there at `at` (ms since 1970). Not part of the format: made where it is missing, and a file without it is a file whose records are young.
const marks = 'CREATE TABLE IF NOT EXISTS marks (log INTEGER NOT NULL, at INTEGER NOT NULL, offset INTEGER NOT NULL, PRIMARY KEY (log, at)) WITHOUT ROWID;';

/** Rowid of the first record of a log; `log + 1` gives the end of its range. */
export const rowidOf = (log: number, offset: number): number => log * offsetsMax + Math.min(offset, offsetsMax);

/** Checksum of a row: its place, and its long text if it has one. */
export const sumOf = (place: readonly (string | number)[], text = ''): number => crc32(String(text) /* a damaged row may hold anything */, crc32(place.join('/')));

/** What a row without its checksum says. STORE_CORRUPT. */
export function checkSum(holds: boolean, what: string, path: string): void {
  if (!holds) throw new FaultError('STORE_CORRUPT', `${path} is damaged: ${what} is not what was written.`);
}

/** The topics in the order they were made. STORE_CORRUPT. */
export function topicRows(db: DatabaseSync, path: string): readonly (TopicSpec & { readonly first_log: number })[] {
  const rows = db.prepare('SELECT name, partitions, retention, first_log, sum FROM topics ORDER BY first_log').all() as unknown as readonly (TopicSpec & { readonly first_log: number; readonly sum: number })[];
  for (const { name, partitions, retention, first_log: first, sum } of rows) checkSum(sum === sumOf([name, partitions, retention, first]), `topic ${name}`, path);
  return rows;
}

export interface LogRow { readonly start: number; readonly next: number; readonly sum: number }

/** Where a log begins and ends. STORE_CORRUPT. */
export function checkedLog(log: number, row: LogRow | undefined, path: string): LogRow {
  checkSum(row !== undefined && row.sum === sumOf([log, row.start, row.next]), `log ${log}`, path);
  return row!;
}

/** fresh: no table yet. Throws DIR_VERSION for another version or a file of another program. */
export function checkFormat(db: DatabaseSync, path: string): 'fresh' | 'ours' {
  const tables = db.prepare('SELECT name FROM sqlite_schema').all().map(({ name }) => name);
  if (tables.length === 0) return 'fresh';
  const version = tables.includes('meta') ? db.prepare("SELECT value FROM meta WHERE key = 'format'").get()?.['value'] : undefined;
  if (version === undefined) throw new FaultError('DIR_VERSION', `${path} was not written by Slowthink.`, { hint: 'Use another --dir.' });
  if (version !== String(formatVersion)) throw new FaultError('DIR_VERSION', `${path} has format ${JSON.stringify(version)}; this program reads format ${formatVersion}.`);
  return 'ours';
}

/** Makes the tables in one transaction, all or none; in a file that has them, what a later version has beside them. */
export function createTables(db: DatabaseSync, format: 'fresh' | 'ours'): void {
  if (format === 'fresh') db.exec(`BEGIN IMMEDIATE; ${schema} ${marks} COMMIT;`);
  else if (db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'marks'").get() === undefined) db.exec(marks);
}
