import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endLeftProcess, killLeftProcess, noteProcess } from './left-process.ts';
import { processStart } from './process-start.ts';

function noteFile(): { readonly folder: string; readonly note: string } {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-left-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, note: join(folder, 'note.json') };
}

test.skipIf(process.platform !== 'linux')('what a program started is ended where the program itself is over', async () => {
  const { folder, note } = noteFile();
  const leader = spawn('sh', ['-c', `(echo started; exec sleep 60) & echo $! > ${folder}/inner; sleep 60`], { detached: true, stdio: 'ignore' });
  const over = new Promise((resolve) => { leader.on('exit', resolve); });
  await noteProcess(note, leader.pid!);
  while (!existsSync(join(folder, 'inner')) || readFileSync(join(folder, 'inner'), 'utf8') === '') await new Promise((resolve) => { setTimeout(resolve, 5); });
  process.kill(leader.pid!, 'SIGKILL'); // the leader alone
  await over;
  const inner = Number(readFileSync(join(folder, 'inner'), 'utf8'));
  expect(await processStart(inner)).toBeDefined();
  expect(await endLeftProcess(note, 2000)).toBe(true);
  expect(await processStart(inner)).toBeUndefined();
  expect(existsSync(note)).toBe(false);
});

test.each([
  ['that is over', async (note: string) => { const child = spawn('true', { detached: true, stdio: 'ignore' }); const over = new Promise((resolve) => { child.on('exit', resolve); }); await noteProcess(note, child.pid!); await over; }],
  ['whose number this one has now', async (note: string) => writeFileSync(note, JSON.stringify({ pid: process.pid, start: 'before' }))],
  ['that was not there when it was noted', async (note: string) => writeFileSync(note, JSON.stringify({ pid: process.pid, start: null }))],
  ['that is init', async (note: string) => writeFileSync(note, JSON.stringify({ pid: 1, start: await processStart(1) }))],
  ['of a note that is cut off', async (note: string) => writeFileSync(note, '{"pid": 1')],
])('a process %s is left alone', async (_name, write) => {
  const { note } = noteFile();
  await write(note);
  expect(await endLeftProcess(note, 50)).toBe(false);
  expect(await endLeftProcess(join(note, 'absent'), 50)).toBe(false);
});

test('a process is killed at once by a Slowthink that exits, one that only has its number is not', async () => {
  const { note } = noteFile();
  const child = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
  const over = new Promise((resolve) => { child.on('exit', (_code, by) => resolve(by)); });
  writeFileSync(note, JSON.stringify({ pid: child.pid, start: 'of a process of before' }));
  killLeftProcess(note);
  writeFileSync(note, JSON.stringify({ pid: child.pid, start: null }));
  killLeftProcess(note);
  killLeftProcess(`${note}.absent`);
  await new Promise((resolve) => { setTimeout(resolve, 50); });
  expect(await processStart(child.pid!)).toBeDefined();
  await noteProcess(note, child.pid!);
  killLeftProcess(note);
  expect(await over).toBe('SIGKILL');
});
