// A Slowthink that is killed in the middle of a training, as a process of its own.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { processStart } from '@slowthink/programs';
import { expect, it } from 'vitest';
import { trainerForm } from './trainer-form.ts';
import { trainingFolder } from './testing/training-folder.ts';

const fixture = fileURLToPath(new URL('testing/trainer.fixture.ts', import.meta.url));
const form = fileURLToPath(new URL('trainer-form.ts', import.meta.url));
const command = `command:${JSON.stringify([process.execPath, fixture, '{job}', 'checkpoint'])}`;

it('leaves its trainer behind, and the next one ends that and goes on from its checkpoint', async () => {
  const { job } = trainingFolder();
  const program = `const { trainerForm } = await import(${JSON.stringify(form)}); await trainerForm(${JSON.stringify(command)}).train(${JSON.stringify(job)}, { signal: new AbortController().signal });`;
  const first = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
  const over = new Promise((resolve) => { first.on('exit', (_code, signal) => resolve(signal)); });
  while (!['progress.json', 'process.json'].every((name) => existsSync(join(job.out, name)))) await new Promise((resolve) => { setTimeout(resolve, 20); });
  const { pid } = JSON.parse(readFileSync(join(job.out, 'process.json'), 'utf8')) as { pid: number };
  first.kill('SIGKILL');
  expect(await over).toBe('SIGKILL');
  expect(await processStart(pid)).toBeDefined();
  expect(existsSync(join(job.out, 'checkpoint'))).toBe(false);

  const said: string[] = [];
  expect(await trainerForm(command, { lateMs: 0, say: (line) => said.push(line) }).train(job, { signal: new AbortController().signal })).toMatchObject({ task: 'sft' });
  expect(said).toEqual([`A trainer of an earlier attempt still worked in ${job.out}; it was ended, and its checkpoint is used.`]);
  expect(await processStart(pid)).toBeUndefined();
  expect(existsSync(join(job.out, 'checkpoint'))).toBe(true);
});
