// The reading side of the file: a read-only connection with prepared statements, on the thread that asks. Sees what is committed, beside any writer.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FaultError } from '@slowthink/faults';
import type { ProgressRecord } from '@slowthink/records';
import { unknownTopic, type LogSource, type PartitionRange, type StoredRecord, type TopicSpec } from '@slowthink/broker';
import { checkFormat, checkSum, checkedLog, rowidOf, sumOf, topicRows, type LogRow } from './format.ts';
import { orFault } from './sqlite-faults.ts';

const batchCharactersMax = 8 * 2 ** 20; // one batch holds no more than this and one more record

interface TopicRow {
  readonly spec: TopicSpec;
  readonly firstLog: number;
}

/** Opens the file for reading. Throws DIR_MISSING (no file or an empty one), DIR_VERSION, STORE_CORRUPT; the same codes come from each later read. */
export class LogView {
  readonly #db: DatabaseSync;
  readonly #path: string;
  readonly #records: StatementSync;
  readonly #log: StatementSync;
  #topics: ReadonlyMap<string, TopicRow> = new Map();

  constructor(path: string) {
    this.#path = path;
    this.#db = this.#read(() => new DatabaseSync(path, { readOnly: true, timeout: 30_000 }));
    try {
      this.#read(() => this.#db.exec('PRAGMA cache_size = -8000'));
      if (this.#read(() => checkFormat(this.#db, path)) === 'fresh') throw new FaultError('DIR_MISSING', `${path} holds no stream yet.`);
      this.#records = this.#read(() => this.#db.prepare('SELECT id, key, value, sum FROM records WHERE id >= max(?, (SELECT ? + start FROM logs WHERE log = ?)) AND id < ? ORDER BY id LIMIT ?'));
      this.#log = this.#read(() => this.#db.prepare('SELECT start, next, sum FROM logs WHERE log = ?'));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** In the order they were made. */
  topics(): readonly TopicSpec[] {
    const rows = this.#read(() => topicRows(this.#db, this.#path));
    this.#topics = new Map(rows.map(({ name, partitions, retention, first_log: firstLog }) => [name, { spec: Object.freeze({ name, partitions, retention }), firstLog }]));
    return [...this.#topics.values()].map(({ spec }) => spec);
  }

  partitionsOf(topic: string): number | undefined { return this.#topic(topic)?.spec.partitions; }

  /** Number of the log of a partition; throws a RangeError when there is none. */
  logOf(topic: string, partition: number): number {
    const row = this.#topic(topic);
    if (row === undefined) throw unknownTopic(topic);
    if (!Number.isInteger(partition) || partition < 0 || partition >= row.spec.partitions) throw unknownTopic(topic, partition);
    return row.firstLog + partition;
  }

  ranges(topic: string): readonly PartitionRange[] {
    const first = this.logOf(topic, 0);
    return Array.from({ length: this.partitionsOf(topic)! }, (_, partition) => {
      const { start, next } = this.#range(first + partition);
      return { partition, start, end: next };
    });
  }

  progress(): readonly ProgressRecord[] {
    const rows = this.#read(() => this.#db.prepare('SELECT stage, partition, record, sum FROM progress WHERE record IS NOT NULL ORDER BY stage, partition').all()) as unknown as readonly { stage: string; partition: number; record: string; sum: number }[];
    return rows.map(({ stage, partition, record, sum }) => {
      checkSum(sum === sumOf([stage, partition], record), `the progress of ${stage}/${partition}`, this.#path);
      return JSON.parse(record) as ProgressRecord;
    });
  }

  source(topic: string, partition: number, wait: (log: number, wake: () => void) => () => void): LogSource {
    const log = this.logOf(topic, partition);
    return {
      fetch: (from, below, max) => this.#fetch(topic, partition, log, from, below, max),
      end: () => this.#range(log).next,
      wait: (wake) => wait(log, wake),
    };
  }

  /** A number that changes when another connection has committed. */
  version(): number {
    return this.#read(() => this.#db.prepare('PRAGMA data_version').get() as { data_version: number }).data_version;
  }

  close(): void { this.#db.close(); }

  #fetch(topic: string, partition: number, log: number, from: number, below: number, max: number): readonly StoredRecord[] {
    return this.#read(() => {
      const records: StoredRecord[] = [];
      const base = rowidOf(log, 0);
      const { start, next } = this.#range(log); // what ended here has its records there: others may write and delete meanwhile
      let characters = 0;
      for (const row of this.#records.iterate(rowidOf(log, from), base, log, rowidOf(log, below), max)) {
        const [id, key, value] = [row['id'] as number, row['key'] as string, row['value'] as string];
        const [offset, before] = [id - base, records.at(-1)?.offset];
        checkSum(row['sum'] === sumOf([id, key], value) && (before === undefined || offset === before + 1), `${topic}/${partition}/${before === undefined ? offset : before + 1}`, this.#path);
        records.push({ topic, partition, offset, key, value });
        characters += value.length;
        if (characters >= batchCharactersMax) break;
      }
      const first = records[0]?.offset ?? Infinity;
      if (first > Math.max(from, start) && Math.max(from, start) < Math.min(below, next)) checkSum(Math.min(first, below, next) <= this.#range(log).start, `${topic}/${partition}/${Math.max(from, start)}`, this.#path); // unless it was deleted just now
      const last = records.at(-1)?.offset;
      if (last !== undefined && records.length < max && characters < batchCharactersMax) checkSum(last + 1 >= Math.min(below, next), `${topic}/${partition}/${last + 1}`, this.#path);
      return records;
    });
  }

  #range(log: number): LogRow { return this.#read(() => checkedLog(log, this.#log.get(log) as LogRow | undefined, this.#path)); }

  #topic(topic: string): TopicRow | undefined {
    if (!this.#topics.has(topic)) this.topics(); // another process may have made it since
    return this.#topics.get(topic);
  }

  #read<Value>(work: () => Value): Value { return orFault('Cannot read', this.#path, work); }
}
