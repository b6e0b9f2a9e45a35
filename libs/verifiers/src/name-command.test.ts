import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { nameCommand, resolveCommand } from './name-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-names-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
mkdirSync(join(folder, 'moved'));
const write = (name: string, content: string | Buffer): string => { writeFileSync(join(folder, name), content); return join(folder, name); };

describe('the name of a grading program', () => {
  it('is its program and scripts, with a hash of what they hold: editing one is another grader, moving it is not', () => {
    const here = nameCommand(['python3', write('grade.py', 'print(1)'), '--strict']);
    expect(here).toMatch(/^command:python3 grade\.py@[0-9a-f]{12}$/);
    expect(nameCommand(['python3', write('moved/grade.py', 'print(1)'), '--strict'])).toBe(here);
    expect(nameCommand(['python3', write('grade.py', 'print(2)'), '--strict'])).not.toBe(here);
    expect(nameCommand(['python3', join(folder, 'moved/grade.py'), '--lax'])).not.toBe(here);
  });

  it('holds no folder and no other argument, and counts interpreters and data by their names alone', () => {
    const data = write('terms.bin', Buffer.from([1, 0, 2]));
    const name = nameCommand([process.execPath, write('grade.mjs', '//'), data, 'http://ann:word@host/x']);
    expect(name).toMatch(/^command:node grade\.mjs@[0-9a-f]{12}$/);
    const other = write('moved/terms.bin', Buffer.from([7, 0, 7]));
    expect(nameCommand(['/elsewhere/node', join(folder, 'grade.mjs'), other, 'http://ann:word@host/x'])).toBe(name);
  });

  it('is kept with the whole paths of its files, so that another folder finds them', () => {
    expect(resolveCommand(['node', 'package.json', '--x', 'absent.txt'])).toEqual(['node', join(process.cwd(), 'package.json'), '--x', 'absent.txt']);
  });
});
