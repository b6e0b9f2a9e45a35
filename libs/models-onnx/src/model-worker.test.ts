import { execFile } from 'node:child_process';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { conformanceRequest } from '@slowthink/models/conformance';
import { conformanceTrajectory } from '@slowthink/models/scorer-conformance';
import { expect, onTestFinished, test } from 'vitest';
import { ModelWorker } from './model-worker.ts';
import { copyModel, fixtureDir } from './testing/model-dirs.ts';

function openWorker(dir: string, stubborn?: { readonly entry: URL; readonly closeMs: number }) {
  const heard: string[] = [];
  const worker = new ModelWorker({ kind: 'scorer', options: { dir, threads: 1 } }, { name: 'm', onOpened: (message) => heard.push(message), ...stubborn });
  onTestFinished(() => worker.close());
  return { worker, heard };
}
const unreliable = () => openWorker('', { entry: new URL('./testing/unreliable.worker.ts', import.meta.url), closeMs: 500 });
const asked = (prefix: string) => conformanceRequest({ prefix });

test('nothing is opened before the first call, and first calls at once share one opening', async () => {
  const { worker, heard } = openWorker(fixtureDir('scorer'));
  expect(heard).toEqual([]);
  const answers = await Promise.all([worker.ask('describe', null), worker.ask('score', conformanceTrajectory(2)), worker.ask('describe', null)]);
  expect(answers[0]).toEqual(answers[2]);
  expect(answers[1].values).toHaveLength(2);
  expect(heard).toEqual([expect.stringMatching(/scorer: step scorer, llama with 2 layers, fp32, revision [0-9a-f]{16}, trajectories of a length in one pass\.$/)]);
});

test('a model that cannot be opened fails the calls that wait with its fault, and is tried again with the next', async () => {
  const { dir, write, remove } = copyModel('scorer');
  write('checksums.json', '{}');
  const { worker, heard } = openWorker(dir);
  const fault = { code: 'MODEL_FOLDER_WRONG', blame: 'environment', message: expect.stringContaining('checksums.json without the object "files"'), hint: expect.stringContaining('Get the folder again') };
  await Promise.all([worker.ask('describe', null), worker.ask('score', conformanceTrajectory(1))].map((call) => expect(call).rejects.toMatchObject(fault)));
  remove('checksums.json');
  expect((await worker.ask('score', conformanceTrajectory(3))).values).toHaveLength(3);
  expect(heard).toHaveLength(1);
});

test('a call that a model does not know, and one it refuses, fail alone', async () => {
  const { worker } = openWorker(fixtureDir('scorer'));
  const calls = [worker.ask('stats', null), worker.ask('score', { id: 'r', question: 'Q', steps: [] }), worker.ask('score', conformanceTrajectory(1))];
  await expect(calls[0]).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  await expect(calls[1]).rejects.toMatchObject({ code: 'MODEL_REFUSED', blame: 'record', message: 'Request r has no steps to score: Step 0 is missing.' });
  expect(await calls[2]).toMatchObject({ values: [expect.any(Number)] });
});

test.each([
  ['throw', 'The model m died: out of luck.'],
  ['reject', 'The model m died: nobody listens.'],
  ['exit', 'The model m ended without an answer (exit 3).'],
])('a worker that dies (%s) rejects all its calls, and the next call opens a new one', async (deed, message) => {
  const { worker, heard } = unreliable();
  await worker.ask('describe', null);
  const calls = [worker.ask('sample', asked('wait')), worker.ask('sample', asked(deed)), worker.ask('sample', asked('wait'))];
  for (const call of await Promise.allSettled(calls)) expect(call).toMatchObject({ status: 'rejected', reason: { code: 'MODEL_SERVER_ERROR', retry: true, message, hint: expect.stringContaining('opened again for the next request') } });
  expect(await worker.ask('describe', null)).toEqual({ model: 'unreliable', revision: '1' });
  expect(heard).toHaveLength(2);
});

test('closing ends a worker that never comes back, rejects its calls, and is for good', async () => {
  const { worker } = unreliable();
  await worker.ask('describe', null);
  const call = worker.ask('sample', asked('loop')), rejected = expect(call).rejects.toMatchObject({ code: 'MODEL_SERVER_ERROR', message: 'The model m was closed.' });
  await worker.close();
  await rejected;
  await worker.close();
  await expect(worker.ask('describe', null)).rejects.toThrow('The model m is closed.');
});

test('closing before the model is open, or was ever asked for, ends too', async () => {
  const { worker } = openWorker(fixtureDir('scorer')), rejected = expect(worker.ask('describe', null)).rejects.toThrow('The model m was closed.');
  await worker.close();
  await rejected;
  await openWorker('nowhere').worker.close();
});

test('a cancelled call rejects with the reason at once, though the worker is busy', async () => {
  const { worker } = unreliable();
  await worker.ask('describe', null);
  const controller = new AbortController(), reason = new Error('not needed'), call = worker.ask('sample', asked('loop'), controller.signal);
  controller.abort(reason);
  await expect(call).rejects.toBe(reason);
});

test('an open model keeps no process alive, a call in flight does, and open models end with their process', async () => {
  const { dir } = copyModel('scorer'), file = join(dir, 'program.mjs');
  writeFileSync(file, `
    const { onnxScorer } = await import(${JSON.stringify(join(import.meta.dirname, 'index.ts'))});
    const scorer = onnxScorer({ dir: ${JSON.stringify(dir)}, threads: 2 });
    scorer.score({ id: 'r', question: 'Q', steps: ['a', 'b'] }).then(({ values }) => console.log(values.length));`);
  expect(await promisify(execFile)(process.execPath, [file])).toEqual({ stdout: '1\n', stderr: '' });
  rmSync(file);
});
