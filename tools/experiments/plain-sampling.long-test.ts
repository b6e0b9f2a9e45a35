import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, describe, expect, it } from 'vitest';
import { runSettings } from '@slowthink/wiring';
import { dataSets, rowsOf } from '../dosage/data.ts';
import { refuseHeldOut } from './check-combinations.ts';
import { sampleDataSet } from './plain-sampling.ts';
import { openWorkshop, trainingThreads } from './workshop.ts';

const dir = mkdtempSync(join(tmpdir(), 'plain-sampling-'));
afterAll(() => rmSync(dir, { recursive: true }));

async function ask(sql: string): Promise<readonly Record<string, unknown>[]> {
  const connection = await (await DuckDBInstance.create()).connect();
  try { return (await connection.runAndReadAll(sql)).getRowObjectsJS() as Record<string, unknown>[]; } finally { connection.closeSync(); }
}

describe('plain sampling', () => {
  it('is trained on with as many threads as an evolution uses, like every training here', () => { expect(trainingThreads).toBe(runSettings['evolve.trainingThreads'].default); });

  it('samples two questions with the policy that ships, and ends in a sealed data set of theirs that a trainer reads', async () => {
    const questions = join(dir, 'questions.jsonl');
    const rows = rowsOf(dataSets[0]!).slice(0, 2).map(({ id, question, answer, unit }) => ({ type: 'question', v: 1, id: `dosage/train/${id}`, dataset: 'dosage', split: 'train', role: 'train', attempt: 1, prompt: { text: question }, gold: { kind: 'number', answer, unit, tolerance: 0 } }));
    writeFileSync(questions, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const shop = openWorkshop({ dir: join(dir, 'shop'), trainer: 'local', python: () => 'none', threads: 1, commit: 'abc', signal: new AbortController().signal, say: () => {} });
    const options = { questions, policy: join(import.meta.dirname, '../../libs/seed-models/policy'), generatedTokens: 1_000_000, out: shop.path('plain-sampling') };
    const data = await sampleDataSet(shop, options);
    const ids = async (table: string) => (await ask(`SELECT DISTINCT question_id FROM '${join(data, table, '*.parquet')}' ORDER BY 1`)).map(({ question_id: id }) => String(id));
    expect((await ids('prm')).map((id) => id.split('/').at(-1))).toEqual(['daily-dose-0001', 'pounds-dose-0001']);
    expect((await ids('sft')).length).toBeGreaterThan(0);
    expect(await refuseHeldOut([data])).toMatchObject({ sources: [{ unread: 0 }, { unread: 0 }] });
    expect(await sampleDataSet(shop, options)).toBe(data); // every step is done: nothing is sealed again
    expect(shop.doneWith('plain-sampling-seal')).toMatchObject({ commit: 'abc', at: expect.stringMatching(/^\d{4}-/) });
    expect(JSON.parse(readFileSync(shop.path('done', 'plain-sampling-samples.json'), 'utf8'))).toMatchObject({ questions: 2 });
  });
});
