// run.json names every file that was imported into its folder, whichever process took it in.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { findDataset, readManifests } from '@slowthink/corpus';
import { hashId, topics } from '@slowthink/records';
import { silent } from '@slowthink/stream';
import { afterAll, expect, it } from 'vitest';
import { flows } from './flows.ts';
import { importQuestions } from './import-questions.ts';
import { openResources } from './resources.ts';
import { folderVersion, readRunFile, writeRunFile } from './run-folder.ts';
import { searchOf } from './search-of.ts';
import { readSettings } from './settings-sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-resources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => { writeFileSync(join(folder, name), `${JSON.stringify({ id: name, question: `Which ${name}?`, options: { A: 'a', B: 'b' }, answer: 'A' })}\n`); return join(folder, name); };

it('keeps the files that its folder has and adds those that were imported since, each once and in their order', async () => {
  const dir = join(folder, 'curriculum');
  const [first, second, third] = [file('first.jsonl'), file('second.jsonl'), file('third.jsonl')];
  const { values } = readSettings({ flags: { dir }, env: {}, remember: true });
  writeRunFile(dir, {
    version: folderVersion, name: 'curriculum', flow: 'curriculum', run: 'r', settingsHash: hashId('search', searchOf(values, 'rules'), values['curriculum.samples']), policy: { model: 'seed', revision: '1' }, grader: 'rules',
    settings: { policy: values.policy, grader: values.grader, seed: values.seed, questions: [first], 'corpus.limit': '1' },
  });
  const broker = new MemoryBroker();
  await broker.ensureTopics(Object.values(topics).map(({ name, retention, partitions }) => ({ name, retention, partitions: partitions === 'one' ? 1 : 2 })));
  /** Another command over the folder: what it is given, and what was imported before it opens the model. */
  const questionsAfter = async (...paths: readonly string[]): Promise<unknown> => {
    const { values: settings } = readSettings({ flags: { dir, ...(paths.length === 0 ? {} : { '--questions': paths }) }, env: {}, remember: true });
    if (paths.length > 0) await importQuestions({ broker, topic: flows.curriculum.source, corpus: { paths }, limit: Infinity, observer: silent });
    await (await openResources(settings, broker, silent, { policy: false, judges: false, scorer: false }, new AbortController().signal, flows.curriculum)).close();
    return readRunFile(dir)!.settings['questions'];
  };
  expect(await questionsAfter(second)).toEqual([first, second]);
  expect(await questionsAfter(third, first)).toEqual([first, second, third]);
  expect(await questionsAfter()).toEqual([first, second, third]);
  const manifests = await readManifests();
  await importQuestions({ broker, topic: flows.curriculum.source, corpus: { paths: ['dosage-dev', findDataset(manifests, 'dosage')!.path], manifests }, limit: 1, observer: silent });
  expect(await questionsAfter()).toEqual([first, second, third, 'dosage-dev', 'dosage']); // a data set is kept by name, by its manifest too
  await broker.close();
});
