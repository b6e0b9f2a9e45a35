import { mkdtempSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeLeftovers, temporaryPath, writeWhole } from './temporary-files.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'results-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dead = 2 ** 22 + 1; // above the ids that a kernel gives

describe('writeWhole', () => {
  it('leaves the earlier text and no other file where it cannot be written whole', async () => {
    const path = join(folder, 'summary.json');
    await writeWhole(path, 'one');
    await writeWhole(path, 'two');
    mkdirSync(join(folder, 'result.json'));
    await expect(writeWhole(join(folder, 'result.json'), 'text')).rejects.toMatchObject({ code: 'EISDIR' });
    expect([readFileSync(path, 'utf8'), readdirSync(folder).sort()]).toEqual(['two', ['result.json', 'summary.json']]);
  });
});

describe('removeLeftovers', () => {
  it('takes what a killed process left, by our own names, and nothing that another living one writes or that somebody else put there', async () => {
    const left = [`.items.jsonl.${dead}.rows`, `.report.html.${dead}.tmp`, '.summary.json.tmp', `.items-table.jsonl.${dead}.tmp`, `..items-table.jsonl.${dead}.tmp.${dead}.rows`, basename(temporaryPath('result.json'))];
    const kept = ['items.jsonl', `.items.jsonl.${process.ppid}.rows`, '.notes.tmp', '.spill-the-beans', `.my-report.html.${dead}.tmp`, '.gitignore'];
    for (const name of [...left, ...kept]) writeFileSync(join(folder, name), '');
    for (const name of [`.spill-${dead}-Ab3dEf`, '.spill-Ab3dEf']) { mkdirSync(join(folder, name)); writeFileSync(join(folder, name, 'block'), ''); }
    mkdirSync(join(folder, `.spill-${process.ppid}-Ab3dEf`));
    await removeLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual([...kept, `.spill-${process.ppid}-Ab3dEf`].sort());
  });
});
