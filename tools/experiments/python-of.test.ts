import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { checkPython, pythonOf } from './python-of.ts';

const folder = mkdtempSync(join(tmpdir(), 'python-of-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('takes the Python that is named, else that of the trainer, else that of the environment', () => {
  expect(pythonOf({ python: 'a', trainer: 'local:b', fromEnvironment: 'c' })).toBe('a');
  expect(pythonOf({ python: undefined, trainer: 'local:b', fromEnvironment: 'c' })).toBe('b');
  expect(pythonOf({ python: undefined, trainer: 'local', fromEnvironment: 'c' })).toBe('c');
  expect(() => pythonOf({ python: undefined, trainer: 'command:srun {job}', fromEnvironment: '' })).toThrow('--python .venv/bin/python');
  expect(() => checkPython(join(folder, 'python'), folder)).toThrow('cannot be used');
});

it.each([['make'], ['decode']])('%s without a Python is refused before anything is made', (command) => {
  const dir = join(folder, command);
  const { SLOWTHINK_PYTHON: _, ...env } = process.env;
  const { status, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'main.ts'), command, '--trainer', 'local', '--dir', dir], { encoding: 'utf8', env });
  expect([status, stderr]).toEqual([1, expect.stringMatching(/No Python is named|is decoded once/)]);
  expect(existsSync(dir)).toBe(false);
});
