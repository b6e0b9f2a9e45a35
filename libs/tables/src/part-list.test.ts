import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newTag, parsePartName, partFileName, temporaryFileName } from './part-name.ts';
import { removeUnlisted } from './remove-unlisted.ts';
import { prmRow, sftRow, writePrm, writeSft } from './sample-rows.ts';
import { verifyParts } from './verify-parts.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'parts-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

describe('part names', () => {
  it('sort as offsets do and come apart again', () => {
    const tag = 'abababababab';
    const names = [0, 9, 10, 999, Number.MAX_SAFE_INTEGER].map((firstOffset) => partFileName({ kind: 'sft', partition: 2, firstOffset, tag }));
    expect([...names].sort()).toEqual(names);
    expect(parsePartName(names[4]!)).toEqual({ kind: 'sft', partition: 2, firstOffset: Number.MAX_SAFE_INTEGER, tag });
    expect(parsePartName(partFileName({ kind: 'preference_steps', partition: 1, firstOffset: 7, tag }))).toEqual({ kind: 'preference_steps', partition: 1, firstOffset: 7, tag });
    for (const name of ['notes.txt', 'sft-2-1.parquet', 'x-0-0000000000000001.parquet', '../sft-0-0000000000000001-abababababab.parquet', 'sft-0-0000000000000001.parquet']) expect(parsePartName(name)).toBeUndefined();
  });
});

describe('remove unlisted', () => {
  it('deletes temporary files and unlisted parts, keeps listed ones, and names what is not ours', async () => {
    const listed = await writePrm(folder, [prmRow({ question: 1 })]);
    const unlisted = await writePrm(folder, [prmRow({ question: 2 })], 1);
    const temporary = temporaryFileName(partFileName({ kind: 'sft', partition: 0, firstOffset: 8, tag: newTag() }));
    writeFileSync(join(folder, temporary), 'half');
    writeFileSync(join(folder, 'notes.txt'), 'mine');
    mkdirSync(join(folder, 'sub'));
    expect(await removeUnlisted(folder, [listed])).toEqual({ removed: [temporary, unlisted.file], foreign: ['notes.txt', 'sub'] });
    expect(readdirSync(folder).sort()).toEqual(['notes.txt', listed.file, 'sub']);
  });

  it('leaves what is of other partitions to their owners', async () => {
    const own = await writePrm(folder, [prmRow({ question: 1 })], 0, 3);
    const other = await writePrm(folder, [prmRow({ question: 2 })], 0, 4);
    const temporary = temporaryFileName(other.file);
    writeFileSync(join(folder, temporary), 'being written');
    expect(await removeUnlisted(folder, [], { partition: 3 })).toEqual({ removed: [own.file], foreign: [] });
    expect(readdirSync(folder).sort()).toEqual([temporary, other.file]);
  });

  it('leaves what came after the claim, though it is not listed yet', async () => {
    const left = await writePrm(folder, [prmRow({ question: 1 })]);
    const among = readdirSync(folder);
    const later = await writePrm(folder, [prmRow({ question: 1 })]); // by the next owner, which commits it while this one is frozen
    expect(await removeUnlisted(folder, [], { partition: 0, among })).toEqual({ removed: [left.file], foreign: [] });
    expect(readdirSync(folder)).toEqual([later.file]);
  });

  it('finds nothing in a folder that does not exist yet', async () => {
    expect(await removeUnlisted(join(folder, 'none'), [])).toEqual({ removed: [], foreign: [] });
  });
});

describe('verify parts', () => {
  it('gives the listed parts once each in the order of their names', async () => {
    const b = await writeSft(folder, [sftRow({ question: 1 })]);
    const a = await writePrm(folder, [prmRow({ question: 1 })]);
    expect(await verifyParts(folder, [b, a, b])).toEqual([a, b]);
  });

  it('says PART_MISSING', async () => {
    const part = await writePrm(folder, [prmRow({ question: 1 })]);
    rmSync(join(folder, part.file));
    await expect(verifyParts(folder, [part])).rejects.toMatchObject({ code: 'PART_MISSING', message: expect.stringContaining(part.file) });
  });

  it('says PART_CHANGED for another size and for other bytes of the same size', async () => {
    const part = await writePrm(folder, [prmRow({ question: 1 })]);
    const path = join(folder, part.file);
    const bytes = readFileSync(path);
    const flipped = Buffer.from(bytes);
    flipped[100]! ^= 1;
    writeFileSync(path, flipped);
    await expect(verifyParts(folder, [part])).rejects.toMatchObject({ code: 'PART_CHANGED', message: expect.stringContaining('sha256') });
    writeFileSync(path, bytes);
    expect(await verifyParts(folder, [part])).toEqual([part]);
    appendFileSync(path, 'x');
    await expect(verifyParts(folder, [part])).rejects.toMatchObject({ code: 'PART_CHANGED', message: expect.stringContaining(`${part.bytes + 1} bytes`) });
  });

  it('says PART_FOREIGN for a file that is not ours, for an unlisted part among the listed ones, and for a listed name that is none', async () => {
    const first = await writePrm(folder, [prmRow({ question: 1 }), prmRow({ question: 2 })]);
    const second = await writePrm(folder, [prmRow({ question: 3 })], 2);
    expect(await verifyParts(folder, [second])).toEqual([second]); // left by a worker that was killed before its commit
    writeFileSync(join(folder, 'copy.parquet'), '');
    await expect(verifyParts(folder, [first, second])).rejects.toMatchObject({ code: 'PART_FOREIGN', message: expect.stringContaining('copy.parquet') });
    rmSync(join(folder, 'copy.parquet'));
    await expect(verifyParts(folder, [first, second, { ...first, file: '../x.parquet' }])).rejects.toMatchObject({ code: 'PART_FOREIGN' });
  });

  it('lets be what a running shard stage is about to commit', async () => {
    const part = await writePrm(folder, [prmRow({ question: 1 })]);
    await writePrm(folder, [prmRow({ question: 2 })], 1);
    writeFileSync(join(folder, temporaryFileName(part.file)), 'half');
    expect(await verifyParts(folder, [part])).toEqual([part]);
  });
});
