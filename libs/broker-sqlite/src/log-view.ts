// The reading side of the file: a read-only connection with prepared statements, on the thread that asks. Sees what is committed, beside any writer.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { FaultError } from '@slowthink/faults';
import type { ProgressRecord } from '@slowthink/records';
import { unknownTopic, type LogSource, type PartitionRange, type StoredRecord, type TopicSpec } from '@slowthink/broker';
import { checkFormat, rowidOf } from './format.ts';
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
  readonly #end: StatementSync;
  #topics: ReadonlyMap<string, TopicRow> = new Map();

  constructor(path: string) {
    this.#path = path;
    this.#db = this.#read(() => new DatabaseSync(path, { readOnly: true, timeout: 30_000 }));
    try {
      this.#read(() => this.#db.exec('PRAGMA cache_size = -8000'));
      if (this.#read(() => checkFormat(this.#db, path)) === 'fresh') throw new FaultError('DIR_MISSING', `${path} holds no stream yet.`);
      this.#records = this.#read(() => this.#db.prepare('SELECT id, key, value FROM records WHERE id >= max(?, (SELECT ? + start FROM logs WHERE log = ?)) AND id < ? ORDER BY id LIMIT ?'));
      this.#end = this.#read(() => this.#db.prepare('SELECT next FROM logs WHERE log = ?'));
    } catch (error) {
      this.#db.close();
      throw error;
    }
  }

  /** In the order they were made. */
  topics(): readonly TopicSpec[] {
    const rows = this.#read(() => this.#db.prepare('SELECT name, partitions, retention, first_log FROM topics ORDER BY first_log').all()) as unknown as readonly (TopicSpec & { first_log: number })[];
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
    const rows = this.#read(() => this.#db.prepare('SELECT log, start, next FROM logs WHERE log >= ? AND log < ? ORDER BY log').all(first, first + this.partitionsOf(topic)!));
    return rows.map(({ log, start, next }) => ({ partition: Number(log) - first, start: Number(start), end: Number(next) }));
  }

  progress(): readonly ProgressRecord[] {
    const rows = this.#read(() => this.#db.prepare('SELECT record FROM progress WHERE record IS NOT NULL ORDER BY stage, partition').all());
    return rows.map(({ record }) => JSON.parse(record as string) as ProgressRecord);
  }

  source(topic: string, partition: number, wait: (log: number, wake: () => void) => () => void): LogSource {
    const log = this.logOf(topic, partition);
    return {
      fetch: (from, below, max) => this.#fetch(topic, partition, log, from, below, max),
      end: () => this.#read(() => this.#end.get(log) as { next: number }).next,
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
      let characters = 0;
      for (const row of this.#records.iterate(rowidOf(log, from), base, log, rowidOf(log, below), max)) {
        const value = row['value'] as string;
        records.push({ topic, partition, offset: (row['id'] as number) - base, key: row['key'] as string, value });
        characters += value.length;
        if (characters >= batchCharactersMax) break;
      }
      return records;
    });
  }

  #topic(topic: string): TopicRow | undefined {
    if (!this.#topics.has(topic)) this.topics(); // another process may have made it since
    return this.#topics.get(topic);
  }

  #read<Value>(work: () => Value): Value { return orFault('Cannot read', this.#path, work); }
}
