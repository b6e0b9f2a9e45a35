import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dataHash } from './data-hash.ts';
import { modelHash } from './model-hash.ts';
import { filesOf, hashOf } from './testing/write-training.ts';
import { trainingFolder } from './testing/training-folder.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const newFolder = (): string => { const folder = mkdtempSync(join(tmpdir(), 'slowthink-hash-')); onTestFinished(() => rmSync(folder, { recursive: true, force: true })); return folder; };

test('a model hash is that of the lines of its files, as docs/training.md writes them', async () => {
  const { job } = trainingFolder();
  expect(await modelHash(job.base.model)).toBe(sha256(`${sha256('{}')}  config.json\n${sha256('weights')}  model.safetensors\n${sha256('{"a":1}')}  tokenizer.json\n`));
});

it('sorts paths by their bytes: capitals first, a folder where its "/" stands, other scripts last', async () => {
  const folder = newFolder();
  for (const path of ['a.json', 'a/b', 'B', 'a-b', 'é', '😀', '\uFF5E']) { mkdirSync(join(folder, path, '..'), { recursive: true }); writeFileSync(join(folder, path), path); }
  const order = ['B', 'a-b', 'a.json', 'a/b', 'é', '\uFF5E', '😀'];
  expect(await modelHash(folder)).toBe(sha256(order.map((path) => `${sha256(path)}  ${path}\n`).join('')));
});

it('leaves out checksums.json, README.md and names that begin with a dot, wherever they lie; a link to a file counts as the file', async () => {
  const { job: { base: { model } } } = trainingFolder();
  const before = await modelHash(model);
  mkdirSync(join(model, '.cache'));
  for (const path of ['checksums.json', '.gitattributes', '.cache/x', 'README.md']) writeFileSync(join(model, path), 'other');
  expect(await modelHash(model)).toBe(before);
  renameSync(join(model, 'model.safetensors'), join(model, '.cache/blob'));
  symlinkSync('.cache/blob', join(model, 'model.safetensors'));
  expect(await modelHash(model)).toBe(before);
});

test('another byte, another name and another place in the folder are other models (law)', async () => {
  const files = fc.uniqueArray(fc.record({ path: fc.stringMatching(/^[a-c]{1,2}(\/[a-c]{1,2}x)?$/), text: fc.string({ maxLength: 3 }) }), { minLength: 1, maxLength: 5, selector: ({ path }) => path });
  const seen = new Map<string, string>();
  await fc.assert(fc.asyncProperty(files, async (all) => {
    const folder = mkdtempSync(join(tmpdir(), 'slowthink-hash-'));
    try {
      const kept = all.filter(({ path }) => !all.some((other) => other.path.startsWith(`${path}/`))); // no file where a folder is
      for (const { path, text } of kept) { mkdirSync(join(folder, path, '..'), { recursive: true }); writeFileSync(join(folder, path), text); }
      const hash = await modelHash(folder), content = JSON.stringify(filesOf(folder));
      expect(hash).toBe(hashOf(folder));
      expect(seen.get(hash) ?? content).toBe(content);
      seen.set(hash, content);
    } finally { rmSync(folder, { recursive: true, force: true }); }
  }), { numRuns: 40 });
});

test('a data hash is that of the table that the task reads, in the order of the data sets', async () => {
  const { folder } = trainingFolder();
  const [one, two] = [join(folder, 'one'), join(folder, 'two')];
  const line = (place: number, kind: string, set: string): string => `${sha256(`${kind} rows of ${set}`)}  ${place}/${kind}/train-00000-of-00001.parquet\n`;
  expect(await dataHash([one, two], 'prm')).toBe(sha256(line(0, 'prm', 'one') + line(1, 'prm', 'two')));
  expect(await dataHash([two, one], 'prm')).toBe(sha256(line(0, 'prm', 'two') + line(1, 'prm', 'one')));
  writeFileSync(join(one, 'sft/another.parquet'), 'x');
  writeFileSync(join(one, 'README.md'), 'x');
  expect(await dataHash([one], 'prm')).toBe(sha256(line(0, 'prm', 'one')));
  expect(await dataHash([one], 'sft')).toBe(sha256(`${sha256('x')}  0/sft/another.parquet\n${line(0, 'sft', 'one')}`));
});

test('what cannot be hashed is named', async () => {
  const { folder } = trainingFolder();
  await expect(modelHash(join(folder, 'absent'))).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: `There is no folder ${folder}/absent, or a link in it leads nowhere.` });
  await expect(modelHash(newFolder())).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringContaining('holds no file of a model') as string });
  await expect(dataHash([join(folder, 'absent')], 'sft')).rejects.toMatchObject({ code: 'DIR_MISSING', message: `There is no data set ${folder}/absent.` });
  rmSync(join(folder, 'two/preference'), { recursive: true });
  expect(await dataHash([join(folder, 'two'), join(folder, 'one')], 'preference')).toMatch(/^[0-9a-f]{64}$/);
  await expect(dataHash([join(folder, 'two')], 'preference')).rejects.toMatchObject({ code: 'DATASET_EMPTY', message: `There are no preference rows: no preference/*.parquet in ${folder}/two.` });
});

test('hashing stops when it is told to', async () => {
  const { job } = trainingFolder();
  await expect(modelHash(job.base.model, AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
});
