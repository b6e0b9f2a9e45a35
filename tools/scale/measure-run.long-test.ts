import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startLoadServer, type LoadServer } from '../bench/processes.ts';
import { measureRun } from './measure-run.ts';

const main = join(import.meta.dirname, '../../apps/slowthink/src/main.ts');
const folder = mkdtempSync(join(tmpdir(), 'slowthink-measure-'));
let server: LoadServer;
beforeAll(async () => { server = await startLoadServer(1, 0); });
afterAll(() => { server.stop(); rmSync(folder, { recursive: true, force: true }); });

test('reads from the folder of a run as many requests and samples as its server answered, and what it left on disk', async () => {
  const dir = join(folder, 'run');
  const { status, stderr } = spawnSync(process.execPath, [main, 'run', '--questions', 'first-questions', '--limit', '3', '--preset', 'small', '--recipe', 'meds3-v4', '--pairs', 'leaf', '--policy', `openai:${server.url}#mock`, '--dir', dir, '--json'], { encoding: 'utf8' });
  expect(status, stderr).toBe(0);
  const found = await measureRun(dir, 0.25);
  const { requests, samples } = await server.stats();
  const sum = (key: 'requests' | 'samples'): number => Object.values(found.kinds).reduce((total, kind) => total + kind[key], 0);
  expect(found.questions).toBe(3);
  expect([sum('requests'), sum('samples')]).toEqual([found.usage.requests, found.usage.samples]);
  expect(requests).toBeGreaterThanOrEqual(found.usage.requests); // the server was also asked what it is, and for what it gave too few of
  expect(samples).toBeGreaterThanOrEqual(found.usage.samples);
  expect(found.kinds.rollout.steps).toBeGreaterThan(found.kinds.rollout.samples);
  expect(found.prompts.cached.steps).toBeLessThan(found.prompts.everyRequest.steps);
  expect(found.disk.log).toBeGreaterThan(found.disk.topics['trees']!);
  expect(Object.keys(found.disk.parquet)).toContain('prm');
  expect(found.rows.prm).toBeGreaterThanOrEqual(found.rows.sft);
});

test('says what to do where no tree is closed yet', async () => {
  const dir = join(folder, 'imported');
  expect(spawnSync(process.execPath, [main, 'import', '--questions', 'first-questions', '--limit', '1', '--dir', dir]).status).toBe(0);
  await expect(measureRun(dir, 0.25)).rejects.toThrow('Let the run go to its end first');
});
