import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import { onStorage, storageFault } from './storage-fault.ts';
import { prmRow, sftRow, writePrm, writeSft } from './sample-rows.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'parts-')); });
afterEach(() => { rmSync(folder, { recursive: true }); });

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try { return (await connection.runAndReadAll(sql)).getRowObjectsJS(); } finally { connection.closeSync(); instance.closeSync(); }
}

describe('write part', () => {
  it('gives a file that DuckDB reads exactly, with the declared types', async () => {
    const strings = ['', ' ', '\uFEFFbom', 'a\0b', 'naïve 🧠 漢字', `quote " ' \\ , ;`, 'line\nline\r\n\ttab', 'x'.repeat(300_000)];
    const count = strings.length;
    const values = [0, 1, 5e-324, 1 / 3, 0.1 + 0.2, Number.EPSILON, 1 - Number.EPSILON / 2, 2.2250738585072014e-308];
    const row = prmRow({ question: 1 }, {
      completions: strings, values, targets: values, labels: strings.map((_, index) => index % 3 === 0), visits: strings.map((_, index) => index * 1000),
      rights: [null, 1, null, null, 0, 2_147_483_647, 3, null], simulations: Array.from({ length: count }, () => null), prompt: strings[4]!,
    });
    const part = await writePrm(folder, [prmRow({ question: 0 }), row, prmRow({ question: 2 })], 40, 6);
    const path = join(folder, part.file);
    expect(await query(`SELECT column_name AS name, column_type AS type FROM (DESCRIBE FROM '${path}') WHERE column_name IN ('prompt','completions','labels','values','visits','rights','seed','ordinal','lineage_offset')`)).toEqual([
      { name: 'prompt', type: 'VARCHAR' }, { name: 'completions', type: 'VARCHAR[]' }, { name: 'labels', type: 'BOOLEAN[]' }, { name: 'values', type: 'DOUBLE[]' }, { name: 'visits', type: 'INTEGER[]' },
      { name: 'rights', type: 'INTEGER[]' }, { name: 'ordinal', type: 'INTEGER' }, { name: 'seed', type: 'BIGINT' }, { name: 'lineage_offset', type: 'BIGINT' },
    ]);
    const [found] = await query(`SELECT list_transform(completions, lambda c: hex(encode(c))) AS hex, labels, "values", visits, rights, simulations, prompt, lineage_partition AS p, lineage_offset AS o FROM '${path}' WHERE id = '${row.id}'`);
    expect(found!['hex']).toEqual(strings.map((text) => Buffer.from(text).toString('hex').toUpperCase()));
    expect((found!['values'] as number[]).map((value, index) => Object.is(value, values[index]))).toEqual(values.map(() => true));
    expect(found).toMatchObject({ labels: row.labels, visits: row.visits, rights: row.rights, simulations: row.simulations, prompt: row.prompt, p: 6, o: 41n });
  });

  it('finds every row again by any string column', async () => {
    const rows = Array.from({ length: 3_000 }, (_, question) => sftRow({ question }));
    const part = await writeSft(folder, rows);
    const found = await query(`SELECT count(*) FILTER (question_id >= 'med/train/0') AS n, count(DISTINCT id) AS ids FROM '${join(folder, part.file)}'`);
    expect(found).toEqual([{ n: 3_000n, ids: 3_000n }]);
    expect(await query(`SELECT seed FROM '${join(folder, part.file)}' WHERE question_id = 'med/train/2999'`)).toEqual([{ seed: 1_073_744_822n }]);
  });

  it('keeps messages as lists of role and content', async () => {
    const row = sftRow({ question: 5 }, { prompt: [{ role: 'system', content: '' }, { role: 'user', content: 'Q' }], completion: [] });
    const part = await writeSft(folder, [row]);
    expect(await query(`SELECT prompt, completion FROM '${join(folder, part.file)}'`)).toEqual([{ prompt: row.prompt, completion: [] }]);
  });

  it('names the file by kind, partition, first offset and a tag and records what it wrote', async () => {
    const part = await writePrm(folder, [prmRow({ question: 1 }), prmRow({ question: 2 })], 1234, 7);
    const bytes = readFileSync(join(folder, part.file));
    expect(part).toEqual({
      type: 'part', v: 1, kind: 'prm', file: expect.stringMatching(/^prm-7-0000000000001234-[0-9a-f]{12}\.parquet$/) as string, partition: 7, firstOffset: 1234, lastOffset: 1235, rows: 2, bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'), labels: 'soft-1',
    });
    expect(readdirSync(folder)).toEqual([part.file]);
  });

  it('gives the same bytes for the same rows under a name that nobody else has', async () => {
    const rows = [prmRow({ question: 1 })];
    const [first, second] = [await writePrm(folder, rows), await writePrm(folder, rows)];
    expect({ ...second, file: first.file }).toEqual(first);
    expect(second.file).not.toBe(first.file);
    expect(readdirSync(folder).sort()).toEqual([first.file, second.file].sort());
  });

  it('writes a part without rows that reads as none', async () => {
    const part = await writePrm(folder, []);
    expect(await query(`SELECT count(*) AS n FROM '${join(folder, part.file)}'`)).toEqual([{ n: 0n }]);
  });

  it.skipIf(process.platform !== 'linux')('says DISK_FULL and leaves the earlier part as it was', async () => {
    const part = await writePrm(folder, [prmRow({ question: 1 })]);
    symlinkSync('/dev/full', join(folder, '.full.tmp'));
    await expect(writePrm(folder, [prmRow({ question: 2 })], 0, 0, '.full.tmp')).rejects.toMatchObject({ code: 'DISK_FULL', retry: true, message: expect.stringContaining('prm-0-0000000000000000') });
    expect(readdirSync(folder)).toEqual([part.file]);
    expect(createHash('sha256').update(readFileSync(join(folder, part.file))).digest('hex')).toBe(part.sha256);
  });

  it.skipIf(process.platform === 'win32' || process.getuid?.() === 0)('says DISK_READ_ONLY in a folder that may not be written', async () => {
    chmodSync(folder, 0o500);
    try { await expect(writePrm(folder, [prmRow({ question: 1 })])).rejects.toMatchObject({ code: 'DISK_READ_ONLY', retry: false, message: expect.stringContaining(folder) }); } finally { chmodSync(folder, 0o700); }
  });

  it.skipIf(!existsSync('/sys/kernel/uevent_seqnum'))('says DISK_READ_ONLY for a file that not even root may write', async () => {
    symlinkSync('/sys/kernel/uevent_seqnum', join(folder, '.sealed.tmp'));
    await expect(writePrm(folder, [prmRow({ question: 1 })], 0, 0, '.sealed.tmp')).rejects.toMatchObject({ code: 'DISK_READ_ONLY', retry: false });
  });

  it.each([['ENOSPC', 'DISK_FULL'], ['EDQUOT', 'DISK_FULL'], ['EROFS', 'DISK_READ_ONLY'], ['EACCES', 'DISK_READ_ONLY'], ['EEXIST', 'DISK_READ_ONLY'], ['ENOTDIR', 'DISK_READ_ONLY'], ['EISDIR', 'DISK_READ_ONLY']])('takes %s for %s', (errno, code) => {
    expect(storageFault(Object.assign(new Error('x'), { code: errno }), '/data/x')).toMatchObject({ code });
  });

  it('says what is in the way where a folder is to be', async () => {
    const file = join(folder, 'taken');
    writeFileSync(file, '');
    await expect(onStorage(file, async () => { mkdirSync(file, { recursive: true }); })).rejects.toMatchObject({ code: 'DISK_READ_ONLY', message: `${file} cannot be written: a file stands where a folder is to be.` });
    await expect(onStorage(join(file, 'results'), async () => { mkdirSync(join(file, 'results'), { recursive: true }); })).rejects.toMatchObject({ code: 'DISK_READ_ONLY', message: expect.stringContaining('a part of its path is a file and no folder') });
  });

  it('understands what DuckDB says about a full disk and leaves other errors alone', () => {
    expect(storageFault(new Error('IO Error: Could not write file "x": No space left on device'), '/data/x')).toMatchObject({ code: 'DISK_FULL' });
    const other = new Error('Binder Error: no such column');
    expect(storageFault(other, '/data/x')).toBe(other);
  });
});
