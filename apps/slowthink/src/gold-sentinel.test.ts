// Law 8 on real questions: no request depends on gold before the first verdict is known, and gold is in no request ever. The long suite (npm run test:long) takes all items.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectNoGold } from './testing/expect-no-gold.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-gold-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('replacing the gold of 200 real questions changes no byte of a request before the first verdict is known, and its words are in no request ever (law 8)', async () => {
  const counts = { 'MedQA.json': 60, 'MedMCQA.json': 60, 'pubmedqa.json': 30, 'drugdose.json': 10, 'dosage.json': 40 };
  expect(await expectNoGold(folder, counts)).toBeGreaterThanOrEqual(40); // the made ones are always there
});
