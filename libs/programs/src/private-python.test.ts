import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPython, privatePython } from './private-python.ts';
import { SetUpError } from './run-program.ts';

const server = { who: 'The model server', what: 'the model server (130 MB, once)' };
let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-python-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A Python of our own: what it prints, and what `-m venv` and `-m pip` do. */
function fakePython(name: string, script: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('takes the first Python that is new enough', async () => {
  const old = fakePython('old', 'echo 3.8'), broken = fakePython('broken', 'exit 1'), good = fakePython('good', 'echo 3.12'), four = fakePython('four', 'echo 4.0');
  expect(await findPython('The model server', [join(folder, 'absent'), broken, old, good])).toBe(good);
  expect(await findPython('The model server', [four])).toBe(four);
});

test('without Python, or with an old one, says what is needed', async () => {
  await expect(findPython('The model server', [join(folder, 'absent')])).rejects.toThrow('The model server needs Python 3.10 or newer; there is no python3 on the PATH. Install it and try again.');
  const old = fakePython('old', 'echo 3.9');
  await expect(findPython('The model server', [old])).rejects.toThrow(`The model server needs Python 3.10 or newer (${old} is 3.9). Install it and try again.`);
});

test('a failing pip is an error with what pip said, and leaves nothing half made', async () => {
  const requirementsFile = join(folder, 'requirements.txt'), cache = join(folder, 'cache');
  writeFileSync(requirementsFile, 'nothing==1');
  // "-m venv DIR" puts a python there whose pip fails
  const python = fakePython('python', 'if [ "$2" = venv ]; then mkdir -p "$3/bin"; printf \'#!/bin/sh\\necho "ERROR: no such package" >&2; exit 1\\n\' > "$3/bin/python"; chmod +x "$3/bin/python"; else echo 3.11; fi');
  const fault = await privatePython({ ...server, folder: cache, requirementsFile, pythons: [python] }, () => {}).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(SetUpError);
  expect((fault as SetUpError).message).toContain(`pip could not install ${requirementsFile}`);
  expect((fault as SetUpError).message).toContain('ERROR: no such package');
  expect(readdirSync(cache)).toEqual([]);
});

test('is made once and used again', async () => {
  const requirementsFile = join(folder, 'requirements.txt'), cache = join(folder, 'cache'), said: string[] = [];
  writeFileSync(requirementsFile, 'nothing==1');
  const python = fakePython('python', 'if [ "$2" = venv ]; then mkdir -p "$3/bin"; printf \'#!/bin/sh\\nexit 0\\n\' > "$3/bin/python"; chmod +x "$3/bin/python"; else echo 3.11; fi');
  const first = await privatePython({ ...server, folder: cache, requirementsFile, pythons: [python] }, (line) => { said.push(line); });
  expect(existsSync(first)).toBe(true);
  expect(await privatePython({ ...server, folder: cache, requirementsFile, pythons: [join(folder, 'absent')] }, (line) => { said.push(line); })).toBe(first);
  expect(said).toEqual(['Setting up the model server (130 MB, once) …']);
});
