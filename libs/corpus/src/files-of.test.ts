import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { filesOf } from './files-of.ts';
import { readManifests, type KnownDataset } from './manifests.ts';
import { readCorpus } from './read-corpus.ts';

let folder: string;
let manifests: readonly KnownDataset[];
beforeAll(async () => { folder = mkdtempSync(join(tmpdir(), 'files-of-')); manifests = await readManifests(); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const item = (text: string, answer: string): string => JSON.stringify([{ id: 0, conversations: [{ from: 'human', value: text }], eval: { answer } }]);
const place = (name: string, files: { readonly [file: string]: string }): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(path, file), text);
  return path;
};
const found = async (path: string, known = manifests) => {
  const { files, passedOver } = await filesOf(path, known);
  return { files: files.map((file) => [basename(file.path), file.known.manifest.name]), passedOver: passedOver.map(({ name, why }) => `${name}: ${why}`) };
};

test('takes files by the name of a manifest\'s file, by an alias and by checksum, in the order of the data sets\' names', async () => {
  const drug = item('Which dose?', 'high');
  const sha256 = createHash('sha256').update(drug).digest('hex');
  const known = manifests.map((each) => (each.manifest.name === 'drugdose' ? { ...each, manifest: { ...each.manifest, file: { ...each.manifest.file, sha256 } } } : each));
  const path = place('known', { 'pubhealth.json': item('True?\nA. true\nB. false', 'A'), 'Med_MMLU_cot.json': item('Which?\nA. a\nB. b', 'B'), 'some-name.json': drug, 'bioasq.json': item('Is it?\nA. yes\nB. no', 'B') });
  expect(await found(path, known)).toEqual({ files: [['bioasq.json', 'bioasq'], ['some-name.json', 'drugdose'], ['Med_MMLU_cot.json', 'mmlu-med'], ['pubhealth.json', 'pubhealth']], passedOver: [] });
});

test('passes over what nobody knows, a file that has only the name of a published one, and a second file of one set', async () => {
  const path = place('strange', { 'exam.csv': 'question,answer\n', 'MedQA.json': item('Which?\nA. a\nB. b', 'B'), 'RareArena-RDC.json': '{}', 'RDC.json': '{ }', 'notes.txt': 'words', '.hidden.json': '[]' });
  expect(await found(path)).toEqual({
    files: [['RDC.json', 'rare-disease-confirmation']],
    passedOver: ['MedQA.json: it is not the published file of medqa', 'RareArena-RDC.json: RDC.json is rare-disease-confirmation already', 'exam.csv: no manifest knows it'],
  });
});

test('knows what a manifest in the folder itself describes', async () => {
  const ward = { manifest: 1, name: 'ward', title: 'Ward', role: 'benchmark', split: 'june', source: { place: 'our ward' }, licence: 'ours', file: { path: 'ward.csv', format: 'csv' }, answerKind: 'yes-no-maybe' };
  expect(await found(place('ward', { 'ward.manifest.json': JSON.stringify(ward), 'ward.csv': 'question,answer\nIs it?,yes\n' }))).toEqual({ files: [['ward.csv', 'ward']], passedOver: [] });
});

test('refuses a folder in which nothing is known, and says what it looked at', async () => {
  await expect(filesOf(place('empty', {}), manifests)).rejects.toMatchObject({ code: 'QUESTION_FILE_MISSING', message: `No file in ${join(folder, 'empty')} is known: there is no question file in it.` });
  await expect(filesOf(place('mine', { 'a.jsonl': '{}' }), manifests)).rejects.toMatchObject({ message: `No file in ${join(folder, 'mine')} is known (looked at a.jsonl).`, hint: expect.stringContaining('"slowthink datasets"') as string });
});

test('gives files that are read as the sets they are: name, split, role and kind of answer of the manifest', async () => {
  const path = place('read', { 'healthfact.json': item("If the claim contradicts the evidence, classify the claim as '0'.", '0'), 'medsins_task131.json': item("Please choose from: ['Radiation after surgery', 'No radiation and/or cancer-directed surgery']", 'radiation after surgery') });
  const seen: unknown[] = [];
  for await (const each of readCorpus({ paths: (await filesOf(path, manifests)).files, manifests })) if (each.kind === 'question') seen.push([each.question.id, each.question.role, each.question.gold]);
  expect(seen).toEqual([
    ['healthfact/test/0', 'benchmark', { kind: 'digit', answer: '0' }],
    ['seer/test/0', 'benchmark', { kind: 'text', answer: 'Radiation after surgery', options: ['Radiation after surgery', 'No radiation and/or cancer-directed surgery'] }],
  ]);
});
