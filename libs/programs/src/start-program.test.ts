import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { lastWords } from './last-words.ts';
import { processStart } from './process-start.ts';
import { startProgram } from './start-program.ts';

function placeFor(): { readonly log: string; readonly note: string; readonly folder: string } {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-program-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return { folder, log: join(folder, 'log'), note: join(folder, 'note.json') };
}

test('what it prints is appended to its log; its end tells the last of this start alone', async () => {
  const { log, note } = placeFor();
  for (const word of ['first', 'second']) {
    const { ended } = await startProgram({ argv: ['sh', '-c', `echo ${word}; echo "$WHO" >&2; exit 3`], env: { WHO: word }, log, note });
    expect(await ended).toEqual({ code: 3, signal: null, said: `${word}\n${word}\n` });
  }
  expect(readFileSync(log, 'utf8').replaceAll(/--- \S+/g, '---')).toBe('---\nfirst\nfirst\n---\nsecond\nsecond\n');
  expect(existsSync(note)).toBe(false);
});

test('it is noted while it runs, and ended with all that it started', async () => {
  const { folder, log, note } = placeFor();
  const running = await startProgram({ argv: ['sh', '-c', `trap '' TERM; sh -c 'trap "" TERM; echo $$ > ${folder}/inner; sleep 60' & sleep 60`], log, note });
  const { pid, start } = JSON.parse(readFileSync(note, 'utf8')) as { pid: number; start: string };
  expect(await processStart(pid)).toBe(start);
  while (!existsSync(join(folder, 'inner')) || readFileSync(join(folder, 'inner'), 'utf8') === '') await new Promise((resolve) => { setTimeout(resolve, 5); });
  await running.stop(50);
  expect(await processStart(pid)).toBeUndefined();
  expect(await processStart(Number(readFileSync(join(folder, 'inner'), 'utf8')))).toBeUndefined();
  expect((await running.ended).signal).toBe('SIGKILL');
});

test('one that cannot be started, or not be noted, leaves nothing running', async () => {
  const { folder, log, note } = placeFor();
  await expect(startProgram({ argv: ['no-such-program'], log, note })).rejects.toMatchObject({ code: 'ENOENT', syscall: 'spawn no-such-program' });
  await expect(startProgram({ argv: ['sh', '-c', `echo $$ > ${folder}/pid; exec sleep 60`], log, note: join(folder, 'absent/note.json') })).rejects.toMatchObject({ code: 'ENOENT', syscall: 'open' });
  if (existsSync(join(folder, 'pid'))) expect(await processStart(Number(readFileSync(join(folder, 'pid'), 'utf8')))).toBeUndefined();
});

test.each([
  ['Traceback (most recent call last):\n  File "main.py", line 3, in <module>\n    train()\nValueError: torn\n', 'ValueError: torn.'],
  ['Error: odd\n    at run (file.js:1:2)\n', 'Error: odd.'],
  ['one\n\ntwo  words!\n', 'one two words!'],
  ['\n \n', ''],
  [`${'x'.repeat(900)}\n`, `${'x'.repeat(600)}.`],
])('the last words of %j are a sentence', (said, words) => {
  expect(lastWords(said)).toBe(words);
});
