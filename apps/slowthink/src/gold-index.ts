import { DatabaseSync } from 'node:sqlite';
import type { Gold } from '@slowthink/records';

/** Golds by question id. Memory: SQLite's page cache (2 MB) however many there are; the rest lies in a temporary file that goes with `close`. */
export interface GoldIndex {
  /** `ownId`: the file's own id of the question. */
  readonly add: (id: string, ownId: string, gold: Gold) => void;
  /** The gold of dataset/split/id or of a file's own id, the former first; remembers that it was asked for. */
  readonly take: (id: string) => Gold | undefined;
  /** How many golds nobody asked for. */
  readonly untaken: () => number;
  readonly close: () => void;
}

export function openGoldIndex(): GoldIndex {
  const database = new DatabaseSync('');
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000; CREATE TABLE golds (place INTEGER PRIMARY KEY, id TEXT NOT NULL, own TEXT NOT NULL, gold TEXT NOT NULL, taken INTEGER NOT NULL DEFAULT 0); CREATE UNIQUE INDEX by_id ON golds (id); CREATE INDEX by_own ON golds (own); BEGIN');
  const insert = database.prepare('INSERT INTO golds (id, own, gold) VALUES (?, ?, ?)');
  const byId = database.prepare('SELECT place, gold, taken FROM golds WHERE id = ?');
  const byOwn = database.prepare('SELECT place, gold, taken FROM golds WHERE own = ? ORDER BY place LIMIT 1');
  const mark = database.prepare('UPDATE golds SET taken = 1 WHERE place = ?');
  return {
    add: (id, ownId, gold) => { insert.run(id, ownId, JSON.stringify(gold)); },
    take: (id) => {
      const row = (byId.get(id) ?? byOwn.get(id)) as { place: number; gold: string; taken: number } | undefined;
      if (row !== undefined && row.taken === 0) mark.run(row.place);
      return row === undefined ? undefined : JSON.parse(row.gold) as Gold;
    },
    untaken: () => (database.prepare('SELECT count(*) AS count FROM golds WHERE taken = 0').get() as { count: number }).count,
    close: () => database.close(),
  };
}
