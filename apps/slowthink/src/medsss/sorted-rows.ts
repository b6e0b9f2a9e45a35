import { DatabaseSync } from 'node:sqlite';
import type { Broker } from '@slowthink/broker';
import { rowOfTree, type WrittenForm } from '@slowthink/medsss';
import { topics, type TreeRecord } from '@slowthink/records';
import { readTopic } from '@slowthink/wiring';
import { tellInvalid } from '../tell-invalid.ts';

export interface SortedRow {
  readonly row: string; // JSON
  readonly pos: number; // chains
  readonly neg: number;
}

export interface SortedRows {
  /** In their order, once. */
  readonly rows: Iterable<SortedRow>;
  readonly withoutChain: number;
  readonly benchmarkLeftOut: number;
  readonly close: () => void;
}

/**
 * The rows of all closed trees: imported ones first, by sha256 of their file and place in it, then the others in byte order of their question ids; of several attempts at a question the last that gives a row. Memory: one tree;
 * the rows lie in a temporary file that goes with `close`.
 */
export async function sortedRows(broker: Broker, form: WrittenForm, allowBenchmark: boolean): Promise<SortedRows> {
  const database = new DatabaseSync('');
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -8000; CREATE TABLE rows (file TEXT, place INTEGER, question TEXT, attempt INTEGER, row TEXT NOT NULL, pos INTEGER, neg INTEGER, PRIMARY KEY (file, place, question)) WITHOUT ROWID; BEGIN');
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET attempt = excluded.attempt, row = excluded.row, pos = excluded.pos, neg = excluded.neg WHERE excluded.attempt > rows.attempt');
  let [withoutChain, benchmarkLeftOut] = [0, 0];
  try {
    for await (const { value: tree } of readTopic<TreeRecord>(broker, topics.trees, 'tree', tellInvalid)) {
      if (tree.role === 'benchmark' && !allowBenchmark) { benchmarkLeftOut++; continue; }
      const row = rowOfTree(tree, form);
      if (row === undefined) withoutChain++;
      else insert.run(tree.source?.sha256 ?? searchedHere, tree.source?.row ?? 0, tree.questionId, tree.attempt, JSON.stringify(row), row.pos.length, row.neg.length);
    }
  } catch (error) { database.close(); throw error; }
  const select = database.prepare('SELECT row, pos, neg FROM rows ORDER BY file, place, question');
  return { rows: select.iterate() as Iterable<SortedRow>, withoutChain, benchmarkLeftOut, close: () => database.close() };
}

const searchedHere = '~'; // behind every hex digit
