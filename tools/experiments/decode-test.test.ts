import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { rowMapping } from '../dosage/data.ts';
import { testSetOf } from '../dosage/test-set.ts';
import { decodeTest } from './decode-test.ts';
import { readOutcomes } from './outcomes.ts';
import { openWorkshop } from './workshop.ts';

const dir = mkdtempSync(join(tmpdir(), 'decode-test-'));
afterAll(() => rmSync(dir, { recursive: true }));
const models = join(import.meta.dirname, '../../libs/seed-models');

describe('decoding a test set', () => {
  it('takes a set that was drawn, goes on where it ended before the outcomes were written, and is done once', async () => {
    const file = join(dir, 'dosage-test-1.jsonl');
    const rows = testSetOf(1).slice(0, 4);
    writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const said: string[] = [];
    const shop = openWorkshop({ dir: join(dir, 'shop'), trainer: 'local', python: () => 'none', threads: 1, commit: null, signal: new AbortController().signal, say: (line) => said.push(line) });
    const outcomesFile = join(dir, 'docs', 'outcomes.json');
    const decoding = {
      shop, set: { name: 'dosage-test-1', file, drawn: { path: 'docs/experiments/dosage-test-1.jsonl', mapping: rowMapping } }, systems: [{ name: 'base', policy: join(models, 'policy'), scorer: join(models, 'scorer') }],
      candidates: 2, python: 'none', outcomesFile, commit: 'abc', decodedAt: '2026-12-01',
    };
    await decodeTest(decoding);
    const outcomes = readOutcomes(outcomesFile);
    const [folder] = readdirSync(join(dir, 'shop')).filter((name) => name.startsWith('test-dosage-test-1-'));
    const items = readFileSync(join(dir, 'shop', folder!, 'base-1', 'results', 'items.jsonl'));
    expect(outcomes).toMatchObject({ set: { name: 'dosage-test-1', file: 'docs/experiments/dosage-test-1.jsonl' }, models: [{ name: 'base', candidates: 2, candidatesSha256: createHash('sha256').update(items).digest('hex') }] });
    expect(outcomes.set.questions.map((id) => id.split('/').at(-1))).toEqual(rows.map(({ id }) => id).sort());
    expect(outcomes.models[0]!.rights.greedy).toMatch(/^[01]{4}$/);

    rmSync(outcomesFile);
    const before = said.length;
    expect(await decodeTest(decoding)).toEqual(outcomes);
    expect(said).toHaveLength(before); // nothing was asked again
    await expect(decodeTest(decoding)).rejects.toThrow('node tools/dosage/main.ts test-set --seed N');

    rmSync(outcomesFile);
    writeFileSync(file, rows.slice(1).map((row) => `${JSON.stringify(row)}\n`).join(''));
    expect((await decodeTest(decoding)).set.questions).toHaveLength(3); // other questions under the same name are another decoding
  });
});
