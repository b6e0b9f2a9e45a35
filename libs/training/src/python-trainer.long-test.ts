// The trainer itself: SLOWTHINK_PYTHON names a Python with the packages of tools/training/requirements.txt. Takes a minute or two.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TrainingJob } from '@slowthink/records';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainerForm } from './trainer-form.ts';
import type { TrainingProgress } from './trainer.ts';

const root = resolve(import.meta.dirname, '../../..');
const python = process.env['SLOWTHINK_PYTHON'];
const folder = mkdtempSync(join(tmpdir(), 'slowthink-python-trainer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.skipIf(python === undefined || !existsSync(join(root, 'tools/training/main.py')))('tools/training, as the product calls it', () => {
  const dataset = join(folder, 'run/dataset');
  const { signal } = new AbortController();
  const job = (change: Partial<TrainingJob>): TrainingJob => ({ v: 1, task: 'sft', config: 'seed-cpu', settings: {}, base: { model: join(root, 'libs/seed-models/policy'), adapter: null }, datasets: [dataset], out: join(folder, 'sft'), seed: 1, threads: 1, maxMinutes: null, export: 'onnx', ...change });

  beforeAll(() => {
    const run = spawnSync(process.execPath, ['apps/slowthink/src/main.ts', 'run', '--questions', 'dosage', '--limit', '24', '--dir', join(folder, 'run')], { cwd: root, encoding: 'utf8' });
    expect(run.status, run.stderr).toBe(0);
  }, 600_000);

  it('says what it is', async () => {
    expect(await trainerForm('local').check(signal)).toMatch(/^Python 3\.\d+\.\d+, torch \d/);
  });

  it.each(['sft', 'prm'] as const)('trains %s to a manifest that is true, tells of it, and is done the second time', async (task) => {
    const told: TrainingProgress[] = [];
    const one = job({ task, out: join(folder, task) });
    const manifest = await trainerForm('local').train(one, { signal, onProgress: (progress) => told.push(progress) });
    expect(manifest).toMatchObject({ task, config: 'seed-cpu', stopped: 'end' });
    expect(told.at(-1)?.phase).toBe('done');
    expect(await trainerForm('command:no-such-program {job}').train(one, { signal })).toEqual(manifest);
  });

  it('stops at a signal, goes on, and comes to the weights of an undisturbed training', async () => {
    const stop = new AbortController();
    const one = job({ task: 'prm', out: join(folder, 'stopped') });
    const stopped = trainerForm('local').train(one, { signal: stop.signal, onProgress: ({ phase, step }) => { if (phase === 'training' && step > 0) stop.abort(new Error('stopped by SIGINT')); } });
    await expect(stopped).rejects.toThrow('stopped by SIGINT');
    expect(existsSync(join(one.out, 'manifest.json'))).toBe(false);
    const manifest = await trainerForm('local').train(one, { signal });
    const undisturbed = JSON.parse(readFileSync(join(folder, 'prm/manifest.json'), 'utf8')) as typeof manifest;
    expect(manifest.deterministic).toBe(true);
    expect(manifest.model.sha256).toBe(undisturbed.model.sha256);
  });

  it('says what is wrong with a setting, and that another training lies in the folder', async () => {
    await expect(trainerForm('local').train(job({ settings: { learningRat: 1 }, out: join(folder, 'wrong') }), { signal })).rejects.toMatchObject({ code: 'SETTING_UNKNOWN', message: expect.stringContaining('learningRat') as string });
    await expect(trainerForm('local').train(job({ seed: 2 }), { signal })).rejects.toMatchObject({ code: 'TRAINING_FOREIGN', message: expect.stringContaining('seed is 1, the job says 2') as string });
  });
});
