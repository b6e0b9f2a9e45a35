import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import type { Prompt } from '@slowthink/records';

export type Seen =
  | { readonly seen: 'new' }
  | { readonly seen: 'same id'; readonly place: string; readonly sameText: boolean }
  | { readonly seen: 'same text'; readonly id: string; readonly place: string };

/** Ids and question texts seen so far. Memory: SQLite's page cache (2 MB); the rest lies in a temporary file that goes with `close`. */
export interface IdIndex {
  /** Remembers an id with the hash of its text and its place; an id that was there stays as it was. `place`, `id` in the reply: of the first one. */
  readonly add: (id: string, textHash: string, place: string) => Seen;
  readonly close: () => void;
}

export function openIdIndex(): IdIndex {
  const database = new DatabaseSync('');
  database.exec('PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -2000; CREATE TABLE seen (id TEXT PRIMARY KEY, text TEXT NOT NULL, place TEXT NOT NULL) WITHOUT ROWID; CREATE INDEX by_text ON seen (text); BEGIN');
  const byId = database.prepare('SELECT text, place FROM seen WHERE id = ?');
  const byText = database.prepare('SELECT id, place FROM seen WHERE text = ? LIMIT 1');
  const insert = database.prepare('INSERT INTO seen VALUES (?, ?, ?)');
  return {
    add(id, textHash, place) {
      const sameId = byId.get(id) as { text: string; place: string } | undefined;
      if (sameId) return { seen: 'same id', place: sameId.place, sameText: sameId.text === textHash };
      const sameText = byText.get(textHash) as { id: string; place: string } | undefined;
      insert.run(id, textHash, place);
      return sameText ? { seen: 'same text', id: sameText.id, place: sameText.place } : { seen: 'new' };
    },
    close: () => database.close(),
  };
}

/** Equal for texts that differ only in case, spaces and Unicode form (NFKC). 32 hex digits. */
export const textHashOf = (text: string): string => createHash('sha256').update(text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim()).digest('hex').slice(0, 32);

/** The hash of everything that is asked: the same last question behind other turns is another one. */
export const promptHashOf = ({ text, history = [] }: Prompt): string => textHashOf([...history.map(({ role, content }) => `${role}: ${content}`), text].join('\n'));
