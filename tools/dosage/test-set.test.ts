import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { parseMapping, readCorpus } from '@slowthink/corpus';
import { combinationsOf, partOf } from './combinations.ts';
import { dataSets, rowMapping, rowsOf, type Row } from './data.ts';
import { kinds } from './kinds.ts';
import { testSetOf } from './test-set.ts';

const folder = mkdtempSync(join(tmpdir(), 'dosage-test-set-'));
afterAll(() => rmSync(folder, { recursive: true }));
const sets = [1, 2, 3].map((seed) => testSetOf(seed));
const keyOf = ({ kind, numbers }: Row): string => `${kind}: ${numbers.join(' ')}`;
const said = (...args: string[]) => { const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), 'test-set', ...args], { encoding: 'utf8' }); return [status, (stderr || stdout).trim()]; };

test('has no combination of train, dev, test, of the part of the corpus, or of the set of another seed', () => {
  const known = [...dataSets.flatMap(rowsOf), ...sets.flat()].map(keyOf);
  expect(known).toHaveLength(3200 + 3 * 600);
  expect(new Set(known).size).toBe(known.length);
  expect(sets.flat().filter(({ kind, numbers }) => partOf(kind, numbers) === 'corpus')).toEqual([]);
});

test('is like the sets that ship: kinds and cues take turns, the answer is that of the combination, the same seed gives the same rows', () => {
  const rows = sets[0]!;
  expect(testSetOf(1)).toEqual(rows);
  expect(rows.map(({ id }) => id)).toEqual(rowsOf(dataSets[2]!).map(({ id }) => id));
  for (const kind of kinds) {
    const some = rows.filter((row) => row.kind === kind.name);
    const answers = new Map(combinationsOf(kind).map(({ numbers, answer }) => [Object.values(numbers).join(' '), answer]));
    for (const { numbers, answer } of some) expect(answer).toBe(answers.get(numbers.join(' ')));
    const shown = kind.cues.map(({ words }) => some.filter(({ cue }) => cue.replace(/\d+/u, '') === words.replace('{hours}', '')).length);
    expect(Math.max(...shown) - Math.min(...shown), kind.name).toBeLessThanOrEqual(1);
  }
});

test('says which kind has too few free combinations, and what the last seed is', () => {
  expect(() => testSetOf(4)).toThrow('pounds-dose has 266 free combinations, and the sets of the seeds 1 to 4 need 268 (67 each). The last seed that can be drawn is 3');
});

test('is written by a command once, never over a file that stands, and read by the product as exact numbers', async () => {
  const out = join(folder, 'set.jsonl');
  expect(said('--seed', '1', '--out', out)).toEqual([0, `${out}: 600 questions, seed 1.`]);
  const rows = readFileSync(out, 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Row);
  expect(rows).toEqual(sets[0]);
  expect(said('--seed', '2', '--out', out)).toEqual([2, expect.stringContaining('EEXIST')]);
  expect(said('--seed', '0', '--out', out)).toEqual([2, 'test-set: --seed wants a whole number from 1 on, not 0. Example: --seed 1']);
  const golds: unknown[] = [];
  for await (const item of readCorpus({ paths: [out], mapping: parseMapping(rowMapping) })) if (item.kind === 'question') golds.push(item.question.gold);
  expect(golds).toEqual(rows.map(({ answer, unit }) => ({ kind: 'number', answer, unit, tolerance: 0 })));
});
