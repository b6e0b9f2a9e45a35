import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { datasetsFolder, findDataset, readManifests, type Manifest } from './manifests.ts';
import { readCorpus, type CorpusItem } from './read-corpus.ts';

let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'manifests-')); });
afterAll(() => { rmSync(folder, { recursive: true }); });

const own: Omit<Manifest, 'aliases' | 'ids' | 'shapes' | 'notes'> = {
  manifest: 1, name: 'ward', title: 'Ward questions', role: 'benchmark', split: 'june', source: { place: 'our ward' }, licence: 'ours',
  file: { path: 'ward.csv', format: 'csv' }, rows: 2, mappingRun: true, answerKind: 'yes-no-maybe', mapping: 'question=asked,answer=said,id=no',
};
const folderWith = (name: string, manifests: { readonly [file: string]: unknown }): string => {
  const path = join(folder, name);
  mkdirSync(path, { recursive: true });
  for (const [file, value] of Object.entries(manifests)) writeFileSync(join(path, file), typeof value === 'string' ? value : JSON.stringify(value));
  return path;
};
const read = async (path: string): Promise<CorpusItem[]> => {
  const items: CorpusItem[] = [];
  for await (const item of readCorpus({ paths: [path], manifests: await readManifests(), role: 'train' })) items.push(item);
  return items;
};
const questions = (items: readonly CorpusItem[]) => items.flatMap((item) => (item.kind === 'question' ? [item.question] : []));

test('reads every manifest of the project and knows the names that users of MedS3 type', async () => {
  const known = await readManifests();
  const names = ['MedQA_cot', 'MedMCQA_cot', 'pubmedqa', 'pubmedqa_c_cot', 'med_mmlu_cot', 'bioasq', 'pubhealth', 'medsins_task29', 'medsins_task16', 'medsins_task130', 'medsins_task131', 'biomrc', 'medqa', 'MEDQA', 'first-questions'];
  expect(names.map((name) => [name, findDataset(known, name)?.manifest.name])).toEqual([
    ['MedQA_cot', 'medqa'], ['MedMCQA_cot', 'medmcqa'], ['pubmedqa', 'pubmedqa'], ['pubmedqa_c_cot', 'pubmedqa-context'], ['med_mmlu_cot', 'mmlu-med'], ['bioasq', 'bioasq'],
    ['pubhealth', 'pubhealth'], ['medsins_task29', 'drugdose'], ['medsins_task16', 'healthfact'], ['medsins_task130', 'ddxplus'], ['medsins_task131', 'seer'], ['biomrc', 'biomrc'], ['medqa', 'medqa'], ['MEDQA', 'medqa'], ['first-questions', 'first-questions'],
  ]);
  expect(known.filter(({ manifest }) => manifest.role !== 'benchmark').map(({ manifest }) => manifest.name)).toEqual(['dosage-dev', 'dosage', 'first-questions', 'medmcqa-train', 'medqa-train', 'pubmedqa-train']);
});

test('knows the eleven, with PubMedQA in two versions, and three sets outside their domain; what did not come through its mapping says so', async () => {
  const known = (await readManifests()).map(({ manifest }) => manifest);
  const named = (group: string) => known.filter((manifest) => manifest.group === group).map(({ name }) => name);
  expect(named('eleven')).toEqual(['bioasq', 'biomrc', 'ddxplus', 'drugdose', 'healthfact', 'medmcqa', 'medqa', 'mmlu-med', 'pubhealth', 'pubmedqa-context', 'pubmedqa', 'seer']);
  expect(named('out-of-domain')).toEqual(['medcalc', 'medxpertqa', 'rare-disease-confirmation']);
  expect(known.filter(({ mappingRun }) => mappingRun).map(({ name }) => name)).toEqual(['dosage-dev', 'dosage-test', 'dosage', 'drugdose', 'first-questions', 'medmcqa', 'medqa', 'pubmedqa']);
  for (const { mappingRun, file, notes } of known) expect([mappingRun, file.sha256 !== undefined]).toEqual([!notes.includes('Mapping not run on the real file.'), mappingRun]);
  for (const { mappingRun, notes } of known.flatMap(({ shapes }) => shapes)) expect(mappingRun).toBe(!notes.includes('Mapping not run on the real file.'));
});

test('describes every field of the schema, and no other, in the README', () => {
  const schema = JSON.parse(readFileSync(join(datasetsFolder, 'manifest.schema.json'), 'utf8')) as { properties: object };
  const section = readFileSync(join(datasetsFolder, 'README.md'), 'utf8').split('## The fields of a manifest')[1]!.split('\n## ')[0]!;
  const described = section.split('\n').filter((line) => line.startsWith('| `')).flatMap((line) => [...line.split('|')[1]!.matchAll(/`(\w+)`/gu)].map((match) => match[1]));
  expect(described.sort()).toEqual(Object.keys(schema.properties).sort());
});

test('reads the sample questions by name: twelve, of the three kinds that are graded', async () => {
  const items = await read('first-questions');
  expect(items.filter((item) => item.kind !== 'question')).toMatchObject([{ kind: 'file', manifest: 'first-questions', role: 'train' }]);
  expect(questions(items).map((question) => question.gold.kind)).toEqual([...Array<string>(6).fill('choice'), ...Array<string>(3).fill('yes-no-maybe'), ...Array<string>(3).fill('number')]);
  expect(new Set(questions(items).flatMap(({ gold }) => (gold.kind === 'choice' ? [gold.options.length] : [])))).toEqual(new Set([4]));
});

test('knows a file by its name where no checksum is known, and not where one is', async () => {
  const text = JSON.stringify([{ id: 1, conversations: [{ from: 'human', value: 'Is the claim 0 or 1?' }], eval: { answer: '1' } }]);
  const path = folderWith('by-name', { 'medsins_task16.json': text, 'MedQA.json': text });
  expect(questions(await read(join(path, 'medsins_task16.json')))).toMatchObject([{ id: 'healthfact/test/1', role: 'benchmark', gold: { kind: 'digit', answer: '1' } }]);
  expect(questions(await read(join(path, 'MedQA.json')))).toMatchObject([{ id: 'MedQA/train/1', role: 'train', gold: { kind: 'open' } }]);
});

test('gives the same questions by name and by path, and knows a copy under another name', async () => {
  const sample = join(datasetsFolder, 'samples', 'first-questions.jsonl');
  const copy = join(folder, 'copy.txt');
  copyFileSync(sample, copy);
  const byName = questions(await read('first-questions'));
  expect(questions(await read(sample))).toEqual(byName);
  expect(questions(await read(copy))).toEqual(byName);
});

test('reads a manifest of the user with its file beside it, and keeps a benchmark one', async () => {
  const path = folderWith('ward', { 'ward.json': own, 'ward.csv': 'no,asked,said\n1,Is it?,yes\n2,Is it not?,no\n' });
  const items = await read(join(path, 'ward.json'));
  expect(questions(items)).toMatchObject([{ id: 'ward/june/1', role: 'benchmark', gold: { kind: 'yes-no-maybe', answer: 'yes' } }, { id: 'ward/june/2' }]);
});

test('warns when a file holds another number of rows than its manifest says', async () => {
  const path = folderWith('short', { 'ward.json': own, 'ward.csv': 'no,asked,said\n1,Is it?,yes\n' });
  expect((await read(join(path, 'ward.json'))).at(-1)).toMatchObject({ kind: 'warning', code: 'ROW_COUNT', message: `${join(path, 'ward.csv')} holds 1 rows; the manifest of ward says 2.` });
});

test('numbers the rows where a manifest says that ids repeat', async () => {
  const path = folderWith('rows', { 'ward.json': { ...own, ids: 'row' }, 'ward.csv': 'no,asked,said\n1,Is it?,yes\n1,Is it not?,no\n' });
  expect(questions(await read(join(path, 'ward.json'))).map((question) => question.id)).toEqual(['ward/june/row-1', 'ward/june/row-2']);
});

test('says where the file of a known data set is published when it is not here', async () => {
  await expect(read('MedQA_cot')).rejects.toMatchObject({
    code: 'QUESTION_FILE_MISSING', message: expect.stringMatching(/^The data set medqa is known, but its file MedQA\.json is not here \(looked at .+MedQA\.json\)\.$/u),
    hint: 'It is published at evaluation files of the MedSSS release, GitHub repository pixas/MedSSS, commit 8238225, evaluation_data/MedQA.json. Fetch it and give its path.',
  });
});

test('refuses a file that is not the published one', async () => {
  const path = folderWith('changed', { 'ward.json': { ...own, file: { ...own.file, sha256: '0'.repeat(64) } }, 'ward.csv': 'no,asked,said\n1,Is it?,yes\n' });
  await expect(read(join(path, 'ward.json'))).rejects.toMatchObject({ code: 'QUESTION_MANIFEST_WRONG', message: expect.stringContaining('is not the published file of the data set ward') });
});

test.each([
  ['an unknown field', { ...own, rolle: 'train' }, 'is no valid manifest: / must NOT have additional properties ("rolle").'],
  ['an unknown role', { ...own, role: 'test' }, 'is no valid manifest: /role must be equal to one of the allowed values.'],
  ['a missing licence', { ...own, licence: undefined }, 'is no valid manifest: / must have required property \'licence\'.'],
  ['text that is not JSON', '{"manifest": 1,', 'is not JSON: '],
])('refuses a manifest with %s', async (_name, manifest, message) => {
  await expect(readManifests(folderWith('wrong', { 'ward.manifest.json': manifest }))).rejects.toMatchObject({ code: 'QUESTION_MANIFEST_WRONG', message: expect.stringContaining(message) });
});

test('refuses a name that two manifests claim', async () => {
  const path = folderWith('two', { 'a.manifest.json': { ...own, name: 'a', aliases: ['Same'] }, 'b.manifest.json': { ...own, name: 'same' } });
  await expect(readManifests(path)).rejects.toMatchObject({ code: 'QUESTION_MANIFEST_WRONG', message: `The data set name "same" stands in ${join(path, 'a.manifest.json')} and in ${join(path, 'b.manifest.json')}.` });
});
