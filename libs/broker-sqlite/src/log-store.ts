// The writing side of the file, on whatever thread it is made (it blocks). State is in the file alone, so that a rollback undoes everything.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FaultError, crossPoint } from '@slowthink/faults';
import { missingTopics, type TopicSpec } from '@slowthink/broker';
import { checkFormat, checkSum, checkedLog, createTables, logsMax, rowidOf, sumOf, topicRows, type Durability, type LogRow } from './format.ts';
import type { WriteAnswer, WriteRequest } from './requests.ts';
import { faultOf, orFault } from './sqlite-faults.ts';

const deleteMax = 5000; // rows in one go, so that commits do not wait for a long deletion
const pageBytes = 8192;
const checkpointPages = 2000; // 16 MB
const markEveryMs = 60_000; // how exactly the age of records is known, by log

// synchronous=NORMAL in WAL mode: a commit is a write() into the page cache, which outlives the process; fsync comes with each checkpoint only, so a loss of power costs the last commits and never the file
// (OFF wrote half as much again, but could lose the file). FULL: COMMIT returns after fsync of the log (fullfsync: on macOS fsync alone does not reach the disk).
const pragmas = { process: 'PRAGMA synchronous = NORMAL;', power: 'PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;' } as const satisfies Record<Durability, string>;

interface Statements {
  readonly claim: StatementSync;
  readonly owner: StatementSync;
  readonly progress: StatementSync;
  readonly log: StatementSync;
  readonly setLog: StatementSync;
  readonly append: StatementSync;
  readonly deleteSome: StatementSync;
  readonly lastMark: StatementSync;
  readonly mark: StatementSync;
  readonly markedBy: StatementSync;
  readonly dropMarks: StatementSync;
  readonly dropLaterMarks: StatementSync;
}

/** Applies write requests in groups, one SQLite transaction a group. Throws at opening: STORE_CORRUPT, DIR_VERSION, DISK_FULL, DISK_READ_ONLY, DISK_FAILED. */
export class LogStore {
  /** The connection; open for tests that limit the file's size. */
  readonly db: DatabaseSync;
  readonly #path: string;
  readonly #statements: Statements;
  readonly #now: () => number;
  #firstLogs: ReadonlyMap<string, number> = new Map();
  #aging: ReadonlySet<number> = new Set(); // logs from which old records are deleted

  constructor(path: string, durability: Durability, now: () => number = Date.now) {
    this.#path = path;
    this.#now = now;
    this.db = orFault('Cannot open', path, () => new DatabaseSync(path, { timeout: 30_000 }));
    try {
      this.#statements = orFault('Cannot open', path, () => {
        this.db.exec(`PRAGMA page_size = ${pageBytes}; PRAGMA cache_size = -16000; PRAGMA wal_autocheckpoint = ${checkpointPages}; PRAGMA journal_size_limit = 67108864;`);
        const format = checkFormat(this.db, path);
        this.db.exec(`PRAGMA journal_mode = WAL; ${pragmas[durability]}`);
        crossPoint('store.opened');
        createTables(this.db, format);
        crossPoint('store.made');
        this.#readTopics();
        return prepareStatements(this.db);
      });
    } catch (error) {
      this.db.close();
      throw error;
    }
  }

  /** One answer a request, in order, all of them committed when this returns. If the group fails, each request is tried alone, so that one that has no room does not take others down. */
  apply(requests: readonly WriteRequest[]): readonly WriteAnswer[] {
    const [firstLogs, aging] = [this.#firstLogs, this.#aging];
    try {
      this.db.exec('BEGIN IMMEDIATE');
      crossPoint('write.begun');
      const answers = requests.map((request) => this.#applyOne(request));
      this.db.exec('COMMIT');
      crossPoint('write.committed');
      return answers;
    } catch (error) {
      this.#rollback();
      [this.#firstLogs, this.#aging] = [firstLogs, aging];
      if (requests.length > 1) return requests.flatMap((request) => this.apply([request]));
      const fault = faultOf(error, 'Cannot write', this.#path);
      const message = fault instanceof Error ? fault.message : String(fault);
      return [fault instanceof FaultError ? { outcome: 'failed', code: fault.code, message, hint: fault.hint } : { outcome: 'failed', code: undefined, message }];
    }
  }

  /** Logs that the requests append to. */
  grownBy(requests: readonly WriteRequest[]): ReadonlySet<number> {
    return new Set(requests.flatMap((request) => request.kind === 'commit' ? request.outputs.map(({ topic, partition }) => this.#logOf(topic, partition)) : []));
  }

  close(): void { this.db.close(); }

  #applyOne(request: WriteRequest): WriteAnswer {
    switch (request.kind) {
      case 'ensure': return this.#ensure(request.specs);
      case 'claim': {
        const { epoch, record, sum } = this.#statements.claim.get(request.stage, request.partition) as { epoch: number; record: string | null; sum: number };
        checkSum(sum === (record === null ? 0 : sumOf([request.stage, request.partition], record)), `the progress of ${request.stage}/${request.partition}`, this.#path);
        return { outcome: 'done', epoch, progress: record ?? undefined };
      }
      case 'commit': {
        if (this.#statements.owner.get(request.stage, request.partition, request.epoch) === undefined) return { outcome: 'fenced' };
        const offsets = this.#append(request.outputs);
        crossPoint('write.appended', request.stage);
        this.#statements.progress.run(request.progress, sumOf([request.stage, request.partition], request.progress), request.stage, request.partition);
        crossPoint('write.progressed', request.stage);
        return { outcome: 'done', offsets };
      }
      case 'delete': {
        const below = this.#setStart(request.log, this.#oldBelow(request));
        const { changes } = this.#statements.deleteSome.run(rowidOf(request.log, 0), rowidOf(request.log, below), deleteMax);
        return Number(changes) < deleteMax ? { outcome: 'done' } : { outcome: 'again', rest: { kind: 'delete', log: request.log, below } };
      }
      case 'close': return { outcome: 'done' };
      default: return request satisfies never;
    }
  }

  /** The offset below which the request deletes: its own, or as far as the marks show the records to be old enough. Sets a mark too, so that a log that rests grows old. */
  #oldBelow({ log, below, olderThanMs = 0 }: Extract<WriteRequest, { kind: 'delete' }>): number {
    this.#mark(log);
    const marked = this.#statements.markedBy.get(log, this.#now() - olderThanMs) as { offset: number } | undefined;
    const old = olderThanMs === 0 ? below : Math.min(below, marked?.offset ?? 0);
    this.#statements.dropMarks.run(log, old);
    return old;
  }

  /** Notes that all there is in a log is written by now, once in `markEveryMs`. After the clock was set back, marks of a time to come are replaced by this one. */
  #mark(log: number): void {
    const now = this.#now();
    const { at } = this.#statements.lastMark.get(log) as { at: number | null };
    if (at !== null && now >= at && now - at < markEveryMs) return;
    this.#statements.dropLaterMarks.run(log, now);
    this.#statements.mark.run(log, now, this.#log(log).next);
  }

  #log(log: number): LogRow { return checkedLog(log, this.#statements.log.get(log) as LogRow | undefined, this.#path); }

  #setStart(log: number, below: number): number {
    const { start, next } = this.#log(log);
    const raised = Math.max(start, Math.min(below, next));
    if (raised > start) this.#statements.setLog.run(raised, next, sumOf([log, raised, next]), log);
    return raised;
  }

  #append(outputs: Extract<WriteRequest, { kind: 'commit' }>['outputs']): readonly number[] {
    const ends = new Map<number, number>();
    const offsets = outputs.map(({ topic, partition, key, value }) => {
      const log = this.#logOf(topic, partition);
      const offset = ends.get(log) ?? this.#log(log).next;
      const id = rowidOf(log, offset);
      this.#statements.append.run(id, key, value, sumOf([id, key], value));
      ends.set(log, offset + 1);
      return offset;
    });
    for (const [log, next] of ends) {
      if (this.#aging.has(log)) this.#mark(log); // what was there before
      const { start } = this.#log(log);
      this.#statements.setLog.run(start, next, sumOf([log, start, next]), log);
    }
    return offsets;
  }

  #ensure(specs: readonly TopicSpec[]): WriteAnswer {
    const existing = topicRows(this.db, this.#path);
    for (const { name, partitions, retention } of missingTopics(existing, specs)) {
      const { first } = this.db.prepare('SELECT coalesce(max(log) + 1, 0) AS first FROM logs').get() as { first: number };
      if (first + partitions > logsMax) throw new RangeError(`topic ${name}: the file holds ${first} partitions and ${logsMax} at most`);
      this.db.prepare('INSERT INTO topics VALUES (?, ?, ?, ?, ?)').run(name, partitions, retention, first, sumOf([name, partitions, retention, first]));
      const log = this.db.prepare('INSERT INTO logs VALUES (?, 0, 0, ?)');
      for (let partition = 0; partition < partitions; partition++) log.run(first + partition, sumOf([first + partition, 0, 0]));
    }
    this.#readTopics();
    return { outcome: 'done' };
  }

  #logOf(topic: string, partition: number): number { return this.#firstLogs.get(topic)! + partition; }

  #readTopics(): void {
    const topics = topicRows(this.db, this.#path);
    this.#firstLogs = new Map(topics.map(({ name, first_log: first }) => [name, first]));
    this.#aging = new Set(topics.filter(({ retention }) => retention === 'open-trees').flatMap(({ partitions, first_log: first }) => Array.from({ length: partitions }, (_, partition) => first + partition)));
  }

  #rollback(): void {
    if (!this.db.isTransaction) return; // after some errors (disk full) SQLite has done it already
    try { this.db.exec('ROLLBACK'); } catch { /* the error that led here is the one to report */ }
  }
}

const prepareStatements = (db: DatabaseSync): Statements => ({
  claim: db.prepare('INSERT INTO progress VALUES (?, ?, 1, NULL, 0) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING epoch, record, sum'),
  owner: db.prepare('SELECT 1 FROM progress WHERE stage = ? AND partition = ? AND epoch = ?'),
  progress: db.prepare('UPDATE progress SET record = ?, sum = ? WHERE stage = ? AND partition = ?'),
  log: db.prepare('SELECT start, next, sum FROM logs WHERE log = ?'),
  setLog: db.prepare('UPDATE logs SET start = ?, next = ?, sum = ? WHERE log = ?'),
  append: db.prepare('INSERT INTO records VALUES (?, ?, ?, ?)'),
  deleteSome: db.prepare('DELETE FROM records WHERE id IN (SELECT id FROM records WHERE id >= ? AND id < ? ORDER BY id LIMIT ?)'),
  lastMark: db.prepare('SELECT max(at) AS at FROM marks WHERE log = ?'),
  mark: db.prepare('INSERT INTO marks VALUES (?, ?, ?)'),
  markedBy: db.prepare('SELECT offset FROM marks WHERE log = ? AND at <= ? ORDER BY at DESC LIMIT 1'),
  dropMarks: db.prepare('DELETE FROM marks WHERE log = ? AND offset < ?'),
  dropLaterMarks: db.prepare('DELETE FROM marks WHERE log = ? AND at >= ?'),
});
