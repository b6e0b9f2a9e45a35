// Importing a package does nothing but define things (defect: side effects at import; the program is a shell script).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const libs = fileURLToPath(new URL('../../../libs', import.meta.url));
let folder: string;
beforeAll(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-imports-')); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('prints nothing, writes nothing, changes no environment, keeps no process alive and needs no argument, whatever package is imported (defect: side effects at import)', () => {
  const files = readdirSync(libs).map((name) => join(libs, name, 'src/index.ts'));
  expect(files.length).toBeGreaterThan(20);
  const program = `const before = JSON.stringify(process.env); for (const file of ${JSON.stringify(files)}) await import(file); if (JSON.stringify(process.env) !== before) console.log('environment changed');`;
  const ended = spawnSync(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder, encoding: 'utf8' });
  expect([ended.status, ended.stdout, ended.stderr]).toEqual([0, '', '']);
  expect(readdirSync(folder)).toEqual([]);
});
