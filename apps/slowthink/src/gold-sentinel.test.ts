// Law 8 on real questions: no request depends on gold before the first verdict is known, and gold is in no request ever. The long suite (npm run test:long) takes all items.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectNoGold } from './testing/expect-no-gold.ts';
import { medical } from './testing/gold-sentinel.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-gold-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(existsSync(medical))('replacing the gold of 200 real questions changes no byte of a request before the first verdict is known, and its words are in no request ever (law 8)', async () => {
  expect(await expectNoGold(folder, { 'MedQA.json': 70, 'MedMCQA.json': 70, 'pubmedqa.json': 40, 'drugdose.json': 20 })).toBe(200);
});

test('replacing the gold of 200 made questions changes no byte of a request before the first verdict is known either (law 8)', async () => {
  expect(await expectNoGold(folder, { 'dosage.json': 200 })).toBe(200);
});
