import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { datasetsFolder, readCorpus, readManifests } from '@slowthink/corpus';
import { questionText } from '@slowthink/prompts';
import type { QuestionRecord } from '@slowthink/records';
import { combinationsOf, partOf, parts, type Combination } from './combinations.ts';
import { countsTable } from './counts.ts';
import { datasetFiles, dataSets, settleFiles, type Row } from './data.ts';
import { kinds } from './kinds.ts';
import { writeQuestion } from './problem.ts';

const rowsOfFile = (part: string): readonly Row[] => readFileSync(join(datasetsFolder, `dosage/${part}.jsonl`), 'utf8').trimEnd().split('\n').map((line) => JSON.parse(line) as Row);
const rows = new Map(dataSets.map(({ part }) => [part, rowsOfFile(part)]));
const all: readonly Row[] = [...rows.values()].flat();
const combinations = new Map(kinds.map((kind) => [kind.name, combinationsOf(kind)]));

let questions: ReadonlyMap<string, readonly QuestionRecord[]>; // by data set
beforeAll(async () => {
  const manifests = await readManifests();
  questions = new Map(await Promise.all(dataSets.map(async ({ name }) => {
    const found: QuestionRecord[] = [];
    for await (const item of readCorpus({ paths: [name], manifests })) {
      if (item.kind === 'question') found.push(item.question);
      else expect(item).toMatchObject({ kind: 'file', manifest: name });
    }
    return [name, found] as const;
  })));
});

test('keeps the committed files and checksums as the generator writes them', () => {
  expect(settleFiles(datasetFiles(), datasetsFolder, true)).toEqual([]);
});

test('is read by the product: every row a number with its unit, exact, without a fault or warning', () => {
  for (const { name, part, rows: count } of dataSets) {
    const read = questions.get(name)!;
    expect(read.length).toBe(count);
    expect(read.map(({ prompt, gold }) => ({ text: prompt.text, gold }))).toEqual(rows.get(part)!.map(({ question, answer, unit }) => ({ text: question, gold: { kind: 'number', answer, unit, tolerance: 0 } })));
    expect(new Set(read.map(({ role }) => role))).toEqual(new Set([{ train: 'train', dev: 'dev', test: 'benchmark' }[part]]));
    for (const { prompt } of read) expect(questionText(prompt)).toBe(prompt.text);
  }
});

/** A second reader and calculator: takes the numbers out of the words by their units, whatever the wording, and uses other formulas than the kinds do. */
const first = (question: string, pattern: RegExp): number => {
  const values = [...question.matchAll(pattern)].map((found) => Number(found[1]));
  expect(values, question).toHaveLength(1);
  return values[0]!;
};
const secondAnswers: Readonly<Record<string, (question: string) => number>> = {
  'daily-dose': (q) => first(q, /([\d.]+) mg(?:\/kg per day| for each kg)/g) * first(q, /([\d.]+) kg/g) * first(q, /(?:every |q)(\d+)/g) / 24,
  'pounds-dose': (q) => first(q, /([\d.]+) (?:lb|pounds)(?! are| =)/g) * first(q, /([\d.]+) mg\/kg/g) / (2.2 * first(q, /(\d+) equal doses/g)),
  'vial-volume': (q) => first(q, /([\d.]+) mL/g) * first(q, /(?:Ordered: \w+|get|for) ([\d.]+) mg/g) / first(q, /(?:reads|states|contain) ([\d.]+) mg/g),
  'drip-rate': (q) => (first(q, /(\d+) mL(?: bag| of (?!a ))/g) - first(q, /(\d+) mL (?:have|are already|of a )/g)) * first(q, /(\d+) gtt\/mL/g) / (first(q, /(\d+) h\b/g) * 60),
  'tablet-course': (q) => first(q, /(\d+) mg(?: is taken| of \w+ \d+ times|, \d+ times)/g) * first(q, /(\d+) times a day/g) * first(q, /(\d+)[ -]days?\b/g) / first(q, /(?:tablets of|tablet has|\w+ have) (\d+) mg/g),
  'pump-rate': (q) => first(q, /([\d.]+) mcg\/kg\/min/g) * 60 * first(q, /(\d+) kg/g) / first(q, /(\d+) mcg (?:per|in)/g),
  'heparin-rate': (q) => first(q, /(\d+) kg/g) * first(q, /(\d+) units\/kg\/h/g) * first(q, /(\d+) mL\b(?!\/)/g) / first(q, /(\d+) units(?!\/)/g),
  'maintenance-fluid': (q) => { const kg = first(q, /(\d+) kg/g); return (kg > 20 ? kg + 40 : 2 * kg + 20) - first(q, /(\d+) mL\/h/g); },
  'pounds-volume': (q) => first(q, /([\d.]+) (?:lb|pounds)(?! are| =)/g) / 2.2 * first(q, /([\d.]+) mg\/kg/g) / first(q, /(\d+) mg(?:\/mL| in each mL)/g),
};

test('gives the answer that a second formula finds in the words of the question, in all 3,200 rows', () => {
  expect(all.length).toBe(3200);
  expect(Object.keys(secondAnswers).sort()).toEqual(kinds.map(({ name }) => name).sort());
  const differs = all.filter(({ kind, question, answer }) => Math.abs(secondAnswers[kind]!(question) - answer) > 1e-9);
  expect(differs).toEqual([]);
});

test('has 1,500 number combinations or more of every kind, and no two of them the same', () => {
  for (const kind of kinds) {
    const keys = combinations.get(kind.name)!.map(({ numbers }) => Object.values(numbers).join(' '));
    expect(keys.length, kind.name).toBeGreaterThanOrEqual(1500);
    expect(new Set(keys).size, kind.name).toBe(keys.length);
  }
});

test('prints the counts of today in the README of the data set', () => {
  expect(readFileSync(join(datasetsFolder, 'dosage/README.md'), 'utf8')).toContain(countsTable());
});

test('puts every combination into one part, found by kind and numbers alone', () => {
  for (const [name, some] of combinations) {
    for (const { numbers, part } of some) expect(part).toBe(partOf(name, Object.values(numbers)));
    for (const part of parts) expect(some.filter((each) => each.part === part).length, `${name} ${part}`).toBeGreaterThan(67);
  }
  const keys = all.map(({ kind, numbers }) => `${kind}: ${numbers.join(' ')}`);
  expect(new Set(keys).size).toBe(3200);
  for (const [part, some] of rows) for (const { kind, numbers } of some) expect(partOf(kind, numbers)).toBe(part);
});

test('balances the kinds and shows every cue in every set', () => {
  for (const [part, some] of rows) {
    const counts = kinds.map(({ name }) => some.filter(({ kind }) => kind === name).length);
    expect(Math.max(...counts) - Math.min(...counts), part).toBeLessThanOrEqual(1);
    for (const { name, cues } of kinds) {
      const shown = cues.map(({ words }) => some.filter(({ kind, cue }) => kind === name && cue.replace(/\d+/u, '') === words.replace('{hours}', '')).length);
      expect(Math.max(...shown) - Math.min(...shown), `${part} ${name}`).toBeLessThanOrEqual(1);
      expect(shown.reduce((sum, count) => sum + count, 0), `${part} ${name}`).toBe(some.filter(({ kind }) => kind === name).length);
    }
    expect(new Set(some.map(({ id }) => id)).size).toBe(some.length);
    expect(new Set(some.map(({ question }) => question)).size).toBe(some.length);
  }
});

test('keeps answers short and questions below 60 words, with the cue in the question', () => {
  for (const { question, answer, cue } of all) {
    expect(question.split(' ').length, question).toBeLessThan(60);
    expect(String(answer), question).toMatch(/^\d{1,4}(\.\d)?$/);
    expect(question).toContain(cue);
    expect(question).not.toMatch(/[{}]|undefined|NaN/);
  }
});

/** Numbers in the words besides the combination's own: the pound and the rule. */
const constants: Readonly<Record<string, readonly string[]>> = { 'pounds-dose': ['1', '2.2'], 'pounds-volume': ['1', '2.2'], 'maintenance-fluid': ['1', '2', '4'], 'pump-rate': ['1'] };

test('tells nothing by its wording: every wording, cue and drug shows the same numbers and no other', () => {
  const asked = (combination: Combination): void => {
    const { kind, numbers, answer } = combination;
    const allowed = [...Object.values(numbers).map(String), ...(constants[kind.name] ?? [])];
    for (const wording of kind.wordings) for (const cue of kind.cues) for (const drug of kind.drugs) {
      const question = writeQuestion(wording, cue, drug, numbers);
      const shown: readonly string[] = question.match(/\d+(?:\.\d+)?/g)!;
      expect(shown.filter((number) => !allowed.includes(number)), question).toEqual([]);
      for (const number of Object.values(numbers)) expect(shown, question).toContain(String(number));
      expect(secondAnswers[kind.name]!(question)).toBeCloseTo(answer, 9);
    }
  };
  for (const some of combinations.values()) for (let at = 0; at < some.length; at += 300) asked(some[at]!);
});

test('says in a sentence what is wrong with a command, and ends with 2', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dosage-'));
  const said = (...args: string[]) => { const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args], { encoding: 'utf8' }); return [status, stderr.split('\n')[0]]; };
  expect(said('corpse')).toEqual([2, '"corpse" is no command.']);
  expect(said('corpus', '--problems', '0', '--out', join(folder, 'x'))).toEqual([2, 'corpus: --problems wants a whole number from 1 on, not 0. Example: --problems 100000']);
  expect(said('corpus', '--problems', '3', '--out', join(folder, 'none/x'))[1]).toContain('no such file or directory');
  expect(said('corpus', '--problems', '3', '--misconceptions', 'some', '--out', join(folder, 'x'))).toEqual([2, 'corpus: --misconceptions is planted or none, not "some".']);
  expect(said('corpus', '--problems', '3', '--seed', 'a', '--out', join(folder, 'x'))).toEqual([0, '']);
  expect(readFileSync(join(folder, 'x'), 'utf8').trimEnd().split('\n').map((line) => Object.keys(JSON.parse(line) as object))).toEqual(Array(3).fill(['question', 'solution', 'kind', 'right']));
  rmSync(folder, { recursive: true });
});
