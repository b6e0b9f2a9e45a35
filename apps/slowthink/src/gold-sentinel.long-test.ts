// As gold-sentinel.test.ts, on every item of the published files.
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expectNoGold } from './testing/expect-no-gold.ts';
import { medical } from './testing/gold-sentinel.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-gold-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test.runIf(existsSync(medical)).each([['MedQA.json', 1273], ['MedMCQA.json', 4183], ['pubmedqa.json', 500], ['drugdose.json', 23]] as const)('replacing the gold of every item of %s changes no request that comes before a verdict (law 8)', async (file, count) => {
  expect(await expectNoGold(folder, { [file]: Infinity })).toBe(count);
});

test('replacing the gold of all 2,000 made questions changes no request that comes before a verdict (law 8)', async () => {
  expect(await expectNoGold(folder, { 'dosage.json': Infinity })).toBe(2000);
});
