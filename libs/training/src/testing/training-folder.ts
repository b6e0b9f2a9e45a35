import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TrainingJob } from '@slowthink/records';
import { onTestFinished } from 'vitest';

/** A base, an adapter, two data sets and a job over them, in a folder of the test's own. Its path holds a space. */
export function trainingFolder(change: Partial<TrainingJob> = {}): { readonly folder: string; readonly job: TrainingJob } {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink training-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const write = (path: string, text: string): void => { mkdirSync(join(folder, path, '..'), { recursive: true }); writeFileSync(join(folder, path), text); };
  for (const [path, text] of Object.entries({ 'base/config.json': '{}', 'base/tokenizer.json': '{"a":1}', 'base/model.safetensors': 'weights', 'base/README.md': 'card', 'adapter/adapter_model.safetensors': 'low rank' })) write(path, text);
  for (const kind of ['sft', 'prm', 'preference', 'preference_steps']) for (const set of ['one', 'two']) write(`${set}/${kind}/train-00000-of-00001.parquet`, `${kind} rows of ${set}`);
  return { folder, job: { v: 1, task: 'sft', config: 'seed-cpu', settings: {}, base: { model: join(folder, 'base'), adapter: null }, datasets: [join(folder, 'one'), join(folder, 'two')], out: join(folder, 'out'), seed: 1, threads: 1, maxMinutes: null, export: 'none', ...change } };
}
