import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DuckDBInstance } from '@duckdb/node-api';
import type { PartRecord, PrmRow } from '@slowthink/records';
import { newTag, partFileName } from './part-name.ts';
import { previewRows } from './preview-rows.ts';
import { preferenceRow, preferenceStepsRow, prmRow, sftRow, writePrm, writeRows, writeSft } from './sample-rows.ts';
import { seal, type SealOptions, type SealReport } from './seal.ts';

let root: string;
let folder: string;
let out: string;
beforeEach(() => { root = mkdtempSync(join(tmpdir(), 'seal-')); folder = join(root, 'parts'); out = join(root, 'dataset'); });
afterEach(() => { rmSync(root, { recursive: true }); });

const sealed = (parts: readonly PartRecord[], more: Partial<SealOptions> = {}): Promise<SealReport> =>
  seal({ folder, parts, out, format: 'parquet', allowBenchmark: false, name: 'test', settings: { seed: 1 }, ...more });

const bytesOf = (path: string): { readonly [file: string]: string } =>
  Object.fromEntries((readdirSync(path, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name)).sort().map((file) => [file.slice(path.length + 1), createHash('sha256').update(readFileSync(file)).digest('hex')]));

const withoutLineage = (files: { readonly [file: string]: string }): unknown => Object.fromEntries(Object.entries(files).filter(([file]) => !file.startsWith('lineage/')));

async function query(sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  try { return (await connection.runAndReadAll(sql)).getRowObjectsJS(); } finally { connection.closeSync(); instance.closeSync(); }
}

describe('seal', () => {
  it('gives the layout, the counts and the rows in order of question, tree and ordinal', async () => {
    const rows = [prmRow({ question: 2 }), prmRow({ question: 10, ordinal: 1 }), prmRow({ question: 10, ordinal: 0 }), prmRow({ question: 1, tree: 1 }), prmRow({ question: 1, tree: 0 })];
    const report = await sealed([await writePrm(folder, rows), await writeSft(folder, [sftRow({ question: 2 })])]);
    expect(Object.keys(bytesOf(out))).toEqual(['README.md', 'lineage/prm.parquet', 'lineage/sft.parquet', 'prm/train-00000-of-00001.parquet', 'sft/train-00000-of-00001.parquet']);
    expect(report).toMatchObject({ path: out, format: 'parquet', rows: { prm: 5, sft: 1 }, questions: 3, trees: 4, chains: 5, duplicates: { prm: 0, sft: 0 }, benchmarkLeftOut: { prm: 0, sft: 0 } });
    for (const file of report.files) expect(bytesOf(out)[file.file]).toBe(file.sha256);
    expect(await previewRows(out, 'prm', 10)).toEqual([rows[4], rows[3], rows[2], rows[1], rows[0]]);
    expect(await previewRows(out, 'prm', 2)).toEqual([rows[4], rows[3]]);
    expect(await previewRows(out, 'sft', 3)).toEqual([sftRow({ question: 2 })]);
    expect(readdirSync(root).sort()).toEqual(['dataset', 'parts']);
  });

  it('seals pairs in order of question, tree and ordinal beside the chains, and counts them apart', async () => {
    const pairs = [preferenceRow({ question: 2 }), preferenceRow({ question: 1, ordinal: 1 }), preferenceRow({ question: 1 })];
    const report = await sealed([await writePrm(folder, [prmRow({ question: 1 })]), await writeRows('preference', folder, pairs), await writeRows('preference_steps', folder, [preferenceStepsRow({ question: 1, ordinal: 2 })])]);
    expect(report).toMatchObject({ rows: { prm: 1, sft: 0, preference: 3, preference_steps: 1 }, questions: 2, chains: 1, pairs: 4 });
    expect(report.files.map(({ file }) => file)).toEqual(['prm/train-00000-of-00001.parquet', 'preference/train-00000-of-00001.parquet', 'preference_steps/train-00000-of-00001.parquet']);
    expect(await previewRows(out, 'preference', 9)).toEqual([pairs[2], pairs[1], pairs[0]]);
    expect(Object.keys(bytesOf(out))).toContain('lineage/preference_steps.parquet');
    expect(await query(`SELECT decode(value) AS value FROM parquet_kv_metadata('${out}/preference_steps/*.parquet') WHERE decode(key) = 'slowthink_schema'`)).toEqual([{ value: 'preference-steps-row.v1' }]);
  });

  it('orders by bytes, not by locale', async () => {
    const ids = ['B', 'a', 'b', 'A', 'Ä', 'é', '\u{1F9E0}', '\uFF5E', '1', '10', '2', '-'];
    const rows = ids.map((id) => prmRow({ question: 1 }, { id, question_id: id }));
    await sealed([await writePrm(folder, rows)]);
    expect((await previewRows(out, 'prm', 100)).map((row) => row.question_id)).toEqual([...ids].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))));
  });

  it('has the declared types in every file and the schema version and settings hash in its metadata', async () => {
    await sealed([await writePrm(folder, [prmRow({ question: 1 })]), await writeSft(folder, [sftRow({ question: 1 })])]);
    const types = async (kind: string): Promise<unknown> => Object.fromEntries((await query(`DESCRIBE FROM '${out}/${kind}/*.parquet'`)).map((row) => [row['column_name'], row['column_type']]));
    expect(await types('prm')).toMatchObject({ completions: 'VARCHAR[]', labels: 'BOOLEAN[]', values: 'DOUBLE[]', visits: 'INTEGER[]', rights: 'INTEGER[]', simulations: 'INTEGER[]', seed: 'BIGINT', ordinal: 'INTEGER' });
    expect(await types('sft')).toMatchObject({ prompt: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]', completion: 'STRUCT("role" VARCHAR, "content" VARCHAR)[]', min_value: 'DOUBLE' });
    expect(await query(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata('${out}/prm/*.parquet')`))
      .toEqual([{ key: 'slowthink_schema', value: 'prm-row.v1' }, { key: 'slowthink_settings', value: 'abc' }]);
  });

  it('keeps the row of the lowest place among repeated ones and counts the others', async () => {
    const late = await writePrm(folder, [prmRow({ question: 1 }, { gold: 'late' })], 5, 1);
    const early = await writePrm(folder, [prmRow({ question: 1 }, { gold: 'early' }), prmRow({ question: 1, tree: 1 })], 90, 0);
    const middle = await writePrm(folder, [prmRow({ question: 1 }, { gold: 'middle' })], 2, 1);
    const report = await sealed([late, early, middle]);
    expect(report).toMatchObject({ rows: { prm: 2 }, duplicates: { prm: 2, sft: 0 } });
    expect((await previewRows(out, 'prm', 9)).map((row) => [row.tree_id, row.gold])).toEqual([['t1-0', 'early'], ['t1-1', 'A']]);
    expect(await query(`FROM '${out}/lineage/prm.parquet'`)).toEqual([
      { id: 'med/train/1/t1-0/0.0', topic: 'trajectories', partition: 0, offset: 90n, attempt: 1 }, { id: 'med/train/1/t1-1/0.0', topic: 'trajectories', partition: 0, offset: 91n, attempt: 1 },
    ]);
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('num_examples: 2}');
  });

  it('leaves benchmark rows out and counts them, or seals them as the split test', async () => {
    const parts = [await writePrm(folder, [prmRow({ question: 1 }), prmRow({ question: 2, benchmark: true }), prmRow({ question: 2, benchmark: true })]), await writeSft(folder, [sftRow({ question: 2, benchmark: true })])];
    const without = await sealed(parts);
    expect(without).toMatchObject({ rows: { prm: 1, sft: 0 }, benchmarkLeftOut: { prm: 1, sft: 1 }, duplicates: { prm: 1 }, questions: 1 });
    expect(Object.keys(bytesOf(out))).toEqual(['README.md', 'lineage/prm.parquet', 'prm/train-00000-of-00001.parquet']);
    expect(readFileSync(join(out, 'README.md'), 'utf8')).not.toContain('sft');
    const allowed = await sealed(parts, { allowBenchmark: true });
    expect(allowed).toMatchObject({ rows: { prm: 2, sft: 1 }, benchmarkLeftOut: { prm: 0, sft: 0 } });
    expect(allowed.files.map((file) => [file.file, file.rows])).toEqual([['prm/train-00000-of-00001.parquet', 1], ['prm/test-00000-of-00001.parquet', 1], ['sft/test-00000-of-00001.parquet', 1]]);
    expect((await previewRows(out, 'sft', 5)).map((row) => row.benchmark)).toEqual([true]);
  });

  it('says DATASET_EMPTY without rows and leaves the earlier data set alone', async () => {
    const part = await writePrm(folder, [prmRow({ question: 1 })]);
    await sealed([part]);
    const before = bytesOf(out);
    const empty = await writePrm(folder, [], 50);
    const benchmark = await writeSft(folder, [sftRow({ question: 1, benchmark: true })]);
    rmSync(join(folder, part.file));
    await expect(sealed([])).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    await expect(sealed([empty, benchmark])).rejects.toMatchObject({ code: 'DATASET_EMPTY', message: expect.stringContaining('all 1 come from benchmark questions'), hint: expect.stringContaining('--allow-benchmark') });
    expect(bytesOf(out)).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(['dataset', 'parts']);
  });

  it('reads exactly the listed parts and refuses parts of two label settings, also of one recipe', async () => {
    const listed = await writePrm(folder, [prmRow({ question: 1 })]);
    const ahead = await writePrm(folder, [prmRow({ question: 2 })], 1);
    expect((await sealed([listed])).rows).toMatchObject({ prm: 1, sft: 0 });
    expect((await sealed([listed, ahead])).rows).toMatchObject({ prm: 2, sft: 0 });
    for (const labels of ['hard-1', 'soft-2']) await expect(sealed([listed, { ...ahead, labels }])).rejects.toMatchObject({ code: 'PART_FOREIGN', message: expect.stringContaining(`of the label settings soft-1, ${ahead.file} of ${labels}`) });
  });

  it('reads folders whose names look like patterns or SQL', async () => {
    folder = join(root, "it's [1]* odd? parts");
    out = join(root, "it's [1]* odd? data");
    expect((await sealed([await writePrm(folder, [prmRow({ question: 1 })])])).rows.prm).toBe(1);
    expect(await previewRows(out, 'prm', 1)).toEqual([prmRow({ question: 1 })]);
  });
});

describe('same rows, same bytes', () => {
  // 3 chains a tree, 2 trees a question
  const rows: readonly PrmRow[] = Array.from({ length: 2_400 }, (_, at) => prmRow({ question: Math.floor(at / 6), tree: Math.floor(at / 3) % 2, ordinal: at % 3 }, { values: [1 / (at + 1), (at % 97) / 97] }));
  const shuffled = [...rows].sort((a, b) => (createHash('md5').update(a.id).digest('hex') < createHash('md5').update(b.id).digest('hex') ? -1 : 1));
  const inParts = async (all: readonly PrmRow[], size: number, partition = 0): Promise<readonly PartRecord[]> => {
    const parts: PartRecord[] = [];
    for (let at = 0; at < all.length; at += size) parts.push(await writePrm(folder, all.slice(at, at + size), at, partition));
    return parts;
  };

  it('whatever the part boundaries, their order, the threads, the memory and how often', async () => {
    const first = await sealed(await inParts(rows, 900), { rowsPerFile: 1_000, threads: 1 });
    const wanted = withoutLineage(bytesOf(out));
    expect(first.files.map((file) => [file.file, file.rows])).toEqual([['prm/train-00000-of-00003.parquet', 1_000], ['prm/train-00001-of-00003.parquet', 1_000], ['prm/train-00002-of-00003.parquet', 400]]);
    await sealed(await inParts(rows, 900), { rowsPerFile: 1_000, threads: 4 });
    expect(withoutLineage(bytesOf(out))).toEqual(wanted);
    rmSync(folder, { recursive: true });
    const other = await inParts(shuffled, 77, 3);
    for (const parts of [other, [...other].reverse()]) {
      for (const threads of [1, 4]) {
        await sealed(parts, { rowsPerFile: 1_000, threads, memoryMb: threads === 1 ? 200 : 2_000 });
        expect(withoutLineage(bytesOf(out))).toEqual(wanted);
      }
    }
  });

  it('also as Arrow files, with the same values', async () => {
    const parts = await inParts(shuffled, 500);
    await sealed(parts, { rowsPerFile: 5_000 });
    const parquet = await previewRows(out, 'prm', 3_000);
    expect(parquet).toHaveLength(2_400);
    await sealed(parts, { rowsPerFile: 5_000, format: 'arrow', threads: 1 });
    const bytes = bytesOf(out);
    expect(Object.keys(bytes)).toEqual(['README.md', 'lineage/prm.parquet', 'prm/train-00000-of-00001.arrow']);
    expect(await previewRows(out, 'prm', 3_000)).toEqual(parquet);
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toContain('path: prm/train-*.arrow');
    await sealed([...parts].reverse(), { rowsPerFile: 5_000, format: 'arrow', threads: 4 });
    expect(bytesOf(out)).toEqual(bytes);
  });

  it('over several row groups, from one part or from two in other order', async () => {
    const one = await writeSft(folder, [sftRow({ question: 1 })]);
    const copies = async (first: number, order: string, from: number, to: number): Promise<PartRecord> => {
      const part = { ...one, file: partFileName({ kind: 'sft', partition: 0, firstOffset: first, tag: newTag() }), firstOffset: first, lastOffset: first + to - from - 1, rows: to - from };
      await query(`COPY (SELECT part.* REPLACE ('q' || i AS question_id, 'id' || i AS id, i / 50000 AS min_value, ${first} + i AS lineage_offset) FROM '${folder}/${one.file}' AS part, range(${from}, ${to}) AS places(i) ORDER BY i ${order}) TO '${folder}/${part.file}' (FORMAT parquet)`);
      const bytes = readFileSync(join(folder, part.file));
      return { ...part, bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
    };
    const whole = await copies(1_000_000, '', 0, 50_000);
    await sealed([one, whole], { threads: 1 });
    const wanted = withoutLineage(bytesOf(out));
    const groups = await query(`SELECT DISTINCT row_group_id, row_group_num_rows AS n FROM parquet_metadata('${out}/sft/*.parquet') ORDER BY 1`);
    expect(groups.map((group) => Number(group['n'])).reduce((sum, n) => sum + n)).toBe(50_001);
    expect(groups.length).toBe(3);
    rmSync(join(folder, whole.file));
    const halves = [await copies(2_000_000, 'DESC', 20_001, 50_000), await copies(3_000_000, 'DESC', 0, 20_001)];
    await sealed([...halves, one], { threads: 4 });
    expect(withoutLineage(bytesOf(out))).toEqual(wanted);
  });

  it('without offset, attempt, time, host or path in a data file or the card', async () => {
    await sealed(await inParts(rows.slice(0, 10), 5));
    const columns = (await query(`DESCRIBE FROM '${out}/prm/*.parquet'`)).map((row) => String(row['column_name']));
    expect(columns.filter((name) => /lineage|offset|partition|attempt|time|host|path|file/.test(name))).toEqual([]);
    const card = readFileSync(join(out, 'README.md'), 'utf8');
    expect(card).not.toContain(root);
    expect(card).not.toMatch(/\d{4}-\d\d-\d\d|\d\d:\d\d/);
  });
});

describe('replacing a data set', () => {
  const one = async (): Promise<readonly PartRecord[]> => [await writePrm(folder, [prmRow({ question: 1 })])];

  it('refuses a folder that seal did not make and touches nothing in it', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'README.md'), '# my own data');
    await expect(sealed(await one())).rejects.toMatchObject({ code: 'DATASET_FOREIGN', message: expect.stringContaining(out) });
    expect(readFileSync(join(out, 'README.md'), 'utf8')).toBe('# my own data');
    rmSync(join(out, 'README.md'));
    expect((await sealed(await one())).rows.prm).toBe(1);
  });

  it('keeps the earlier data set when the seal fails half-way', async () => {
    const parts = await one();
    await sealed(parts);
    const before = bytesOf(out);
    await expect(sealed(parts, { memoryMb: 1 })).rejects.toThrow(/out of memory/i);
    expect(bytesOf(out)).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(['dataset', 'parts']);
  });

  it('clears what a killed seal left, and brings back the data set it had moved aside (defect: resume by a partly written file)', async () => {
    const parts = await one();
    await sealed(parts);
    const before = bytesOf(out);
    const killed = join(root, `.dataset.sealing-${deadPid()}`);
    mkdirSync(join(killed, 'prm'), { recursive: true });
    writeFileSync(join(killed, 'prm', 'train-00000-of-00001.parquet'), 'half');
    renameSync(out, join(root, '.dataset.replaced'));
    await expect(sealed([])).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    expect(bytesOf(out)).toEqual(before);
    expect(existsSync(killed)).toBe(false);
    await sealed(parts);
    expect(readdirSync(root).sort()).toEqual(['dataset', 'parts']);
  });

  it('drops the earlier data set when it was killed after the new one was in place', async () => {
    const parts = await one();
    await sealed(parts);
    mkdirSync(join(root, '.dataset.replaced'));
    const before = bytesOf(out);
    await sealed(parts);
    expect(bytesOf(out)).toEqual(before);
    expect(readdirSync(root).sort()).toEqual(['dataset', 'parts']);
  });

  it('says DIR_IN_USE while another process seals into the same folder', async () => {
    mkdirSync(join(root, `.dataset.sealing-${process.ppid}`));
    await expect(sealed(await one())).rejects.toMatchObject({ code: 'DIR_IN_USE', message: expect.stringContaining(String(process.ppid)) });
  });
});

// a process that has ended
const deadPid = (): number => Number(execFileSync(process.execPath, ['-p', 'process.pid'], { encoding: 'utf8' }));
