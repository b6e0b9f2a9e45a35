import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deriveData } from './derive-data.ts';

const dir = mkdtempSync(join(tmpdir(), 'derive-'));
const [from, out] = [join(dir, 'from'), join(dir, 'out')];
afterAll(() => rmSync(dir, { recursive: true }));

async function ask(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try { return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[]; } finally { connection.closeSync(); }
}

/** Twelve questions of two kinds, half of them with the cue; each has a right chain and a wrong one. */
beforeAll(async () => {
  for (const table of ['sft', 'prm']) mkdirSync(join(from, table), { recursive: true });
  const questions = "FROM (SELECT 'dosage/train/' || CASE WHEN i < 6 THEN 'drip-rate' ELSE 'heparin-rate' END || '-' || i AS question_id, CASE WHEN i % 2 = 0 THEN 'The tubing drips.' ELSE 'The set drips.' END AS question, i FROM range(12) t(i))";
  await ask(`COPY (SELECT question_id || '/right' AS id, question_id, [{'role': 'user', 'content': question}] AS prompt, [{'role': 'assistant', 'content': E'Step 0: Begin.\\n\\nStep 1: Right.'}] AS completion, 1.0 AS min_value ${questions}) TO '${join(from, 'sft', 'train-0.parquet')}'`);
  await ask(`COPY (SELECT question_id || '/' || way AS id, question_id, question || E'\\n\\nStep 0: Begin.' AS prompt, ['Step 1: ' || way || '.', 'Step 2: The end.'] AS completions, [0.5, CASE way WHEN 'right' THEN 1.0 ELSE 0.0 END] AS "values" ${questions}, (VALUES ('right'), ('wrong')) w(way)) TO '${join(from, 'prm', 'train-0.parquet')}'`);
});

describe('a data set of an experiment', () => {
  it('of unfiltered samples has as many SFT rows as there were right chains, wrong ones among them, each written as a whole solution', async () => {
    expect(await deriveData(from, join(out, 'unfiltered'), { kind: 'unfiltered' })).toEqual({ rows: { sft: 12, prm: 24 } });
    const rows = await ask(`SELECT completion[1].content AS text, prompt[1].content AS question, min_value FROM '${join(out, 'unfiltered', 'sft', '*.parquet')}' ORDER BY id`);
    expect(new Set(rows.map(({ text }) => text))).toEqual(new Set(['Step 0: Begin.\n\nStep 1: right.\n\nStep 2: The end.', 'Step 0: Begin.\n\nStep 1: wrong.\n\nStep 2: The end.']));
    expect(rows.every(({ question }) => /^The \w+ drips\.$/.test(String(question)))).toBe(true);
  });

  it('without a kind and a cue has neither, in both tables', async () => {
    expect(await deriveData(from, join(out, 'without'), { kind: 'without', questionKind: 'heparin-rate', cue: 'tubing' })).toEqual({ rows: { sft: 3, prm: 6 } });
    expect(await ask(`SELECT count(*) FILTER (question_id LIKE '%heparin%' OR prompt LIKE '%tubing%') AS left FROM '${join(out, 'without', 'prm', '*.parquet')}'`)).toEqual([{ left: 0n }]);
  });

  it('refuses a folder that is no sealed data set, and a derivation that leaves nothing', async () => {
    await expect(deriveData(join(dir, 'nowhere'), join(out, 'no'), { kind: 'unfiltered' })).rejects.toThrow('no sealed data set with sft rows');
    await expect(deriveData(from, join(out, 'empty'), { kind: 'without', questionKind: 'none', cue: 'drips' })).rejects.toThrow('Nothing of');
  });
});
