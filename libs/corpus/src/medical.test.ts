import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findDataset, readManifests, type KnownDataset, type Manifest } from './manifests.ts';
import { renderOptions } from './options.ts';
import { readCorpus, type CorpusItem } from './read-corpus.ts';

// The four published files, where they are at hand; and always files of the same shape and size, made here.
const published = process.env['SLOWTHINK_MEDICAL_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/medical', import.meta.url));
const expected = [
  { name: 'medqa', alias: 'MedQA_cot', file: 'MedQA.json', rows: 1273, letters: 'ABCDE' },
  { name: 'medmcqa', alias: 'MedMCQA_cot', file: 'MedMCQA.json', rows: 4183, letters: 'ABCD' },
  { name: 'pubmedqa', alias: 'pubmedqa', file: 'pubmedqa.json', rows: 500, letters: 'ABC' },
  { name: 'drugdose', alias: 'medsins_task29', file: 'drugdose.json', rows: 23, letters: '' },
] as const;

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'medical-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

function itemOf(name: string, letters: string, at: number): object {
  const options = [...letters].map((letter, place) => `${letter}. ${name === 'pubmedqa' ? ['yes', 'no', 'maybe'][place] : `answer ${place} of ${at}${at % 9 === 0 && place === 1 ? '\nE. coli' : ''}`}`);
  const value = `${name === 'pubmedqa' ? 'Question: ' : 'A patient '}${at} of ${name}?\n${[...(name === 'pubmedqa' ? [''] : []), ...options].join('\n')}${name === 'medqa' && at % 25 === 0 ? '\n"' : ''}`;
  const answer = letters === '' ? `${at} mg` : letters[at % letters.length];
  return { id: name === 'pubmedqa' ? `pubmedqa_${at}` : at, conversations: [{ from: 'human', value: value.trimEnd() }, ...(letters === '' ? [{ from: 'gpt', value: `The answer is ${answer}.` }] : [])], eval: { answer, type: 'x' } };
}

async function madeHere(): Promise<{ readonly data: string; readonly manifests: readonly KnownDataset[] }> {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const known = await readManifests();
  const manifests = expected.map(({ name, file, rows, letters }): KnownDataset => {
    const text = JSON.stringify(Array.from({ length: rows }, (_, at) => itemOf(name, letters, at)), null, 1);
    writeFileSync(join(data, file), text);
    const dataset = findDataset(known, name)!;
    const manifest: Manifest = { ...dataset.manifest, file: { ...dataset.manifest.file, sha256: createHash('sha256').update(text).digest('hex') } };
    return { ...dataset, manifest };
  });
  return { data, manifests };
}

async function importsWhole(data: string, manifests: readonly KnownDataset[], paths: readonly string[]): Promise<void> {
  const items: CorpusItem[] = [];
  for await (const item of readCorpus({ paths, manifests, folders: [data], role: 'train' })) items.push(item);
  const questions = items.flatMap((item) => (item.kind === 'question' ? [item.question] : []));
  expect(items.filter((item) => item.kind === 'fault' || item.kind === 'warning')).toEqual([]);
  expect(questions).toHaveLength(5979);
  expect(new Set(questions.map((question) => question.id)).size).toBe(5979);
  for (const { name, rows, letters } of expected) {
    const of = questions.filter((question) => question.dataset === name);
    expect({ name, rows: of.length, roles: new Set(of.map((question) => question.role)) }).toEqual({ name, rows, roles: new Set(['benchmark']) });
    for (const { id, gold, prompt } of of) {
      if (gold.kind !== 'choice') { expect([gold.kind, letters]).toEqual(['span', '']); continue; }
      expect({ id, letters: gold.options.map((option) => option.letter).join('') }).toEqual({ id, letters });
      expect(letters).toContain(gold.answer);
      expect(gold.options.every((option) => option.text !== '')).toBe(true);
      const tail = renderOptions(gold.options).split('\n');
      expect(prompt.text.replace(/\n"$/u, '').split('\n').slice(-tail.length).map((line) => line.replace(/^([A-E]\.)\s+/u, '$1 ').trimEnd())).toEqual(tail); // the options are the end of the question, line by line
    }
  }
}

describe('four files of the published shape', () => {
  test('import completely by path, as benchmarks whatever role is asked for', async () => {
    const { data, manifests } = await madeHere();
    await importsWhole(data, manifests, expected.map(({ file }) => join(data, file)));
  });

  test('import completely by their aliases', async () => {
    const { data, manifests } = await madeHere();
    await importsWhole(data, manifests, expected.map(({ alias }) => alias));
  });
});

describe.runIf(existsSync(published))('the four published files', () => {
  test('import completely: 1,273 + 4,183 + 500 + 23 items, no fault', async () => {
    await importsWhole(published, await readManifests(), expected.map(({ file }) => join(published, file)));
  });

  test('give medqa the question it begins with, with its five options and the right letter', async () => {
    for await (const item of readCorpus({ paths: [join(published, 'MedQA.json')], manifests: await readManifests() })) {
      if (item.kind !== 'question') continue;
      expect(item.question).toMatchObject({ id: 'medqa/test/0', gold: { kind: 'choice', answer: 'C' } });
      expect(createHash('sha256').update(item.question.prompt.text).digest('hex').slice(0, 16)).toBe('87af145f61500eab');
      return;
    }
  });
});
