import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markOf } from '../generate/marks.ts';
import { dataSets } from './data.ts';
import { kinds } from './kinds.ts';

// What the page says, read as a stranger reads it. That the page is what the generator prints is the business of "npm run generate:check"; it makes the whole corpus and takes seconds.
const root = join(import.meta.dirname, '../..');
const { begin, end } = markOf('misconceptions');
const page = readFileSync(join(root, 'docs/misconceptions.md'), 'utf8');
const [registered = '', hashLine = ''] = page.slice(page.indexOf(begin) + begin.length + 1, page.indexOf(end)).split(/\n(?=sha256 of all)/u);
const cellsOf = (line: string): readonly string[] => line.split('|').slice(1, -1).map((cell) => cell.trim());
const rows = registered.split('\n').filter((line) => line.startsWith('|')).map(cellsOf);

test('the registered hash is that of the text above it', () => {
  expect(hashLine).toContain(createHash('sha256').update(registered).digest('hex'));
});

test('every cue of every kind stands in the table with its planted share, in the order of the kinds, and the corpus has it within two points', () => {
  const cues = rows.filter((cells) => cells.length === 7).slice(2);
  expect(cues.map(([kind, misconception, cue, planted]) => [kind, misconception, cue, planted])).toEqual(kinds.flatMap((kind) => kind.cues.map(({ words, wrongShare }) => [kind.name, kind.misconception, words, wrongShare.toFixed(2)])));
  for (const [kind, , cue, planted, counted] of cues) expect(Math.abs(Number(planted) - Number(counted)), `${kind} ${cue}`).toBeLessThanOrEqual(0.0201);
  expect(cues.reduce((sum, cells) => sum + Number(cells[6]), 0)).toBe(100_000);
});

test('the files of train, dev and test are those whose sha256 it names', () => {
  for (const { part, rows: count } of dataSets) {
    const path = `datasets/dosage/${part}.jsonl`;
    expect(rows.find(([file]) => file === path)).toEqual([path, String(count), createHash('sha256').update(readFileSync(join(root, path))).digest('hex')]);
  }
});
