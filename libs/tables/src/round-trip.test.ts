import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PreferenceRow, PreferenceStepsRow, PrmRow, SftRow } from '@slowthink/records';
import { previewRows } from './preview-rows.ts';
import { preferenceRow, preferenceStepsRow, prmRow, sftRow, writePrm, writeRows, writeSft } from './sample-rows.ts';
import { seal } from './seal.ts';

const text = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\uFEFF', '\uFEFFa', '\0', "'", '"', '|', '\r\n', 'NULL'));
const value = fc.oneof(fc.constantFrom(0, 1, 5e-324, 0.1), fc.double({ min: 0, max: 1, noNaN: true }).map((number) => number + 0));
const count = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const seed = fc.maxSafeNat();
const message = fc.record({ role: text, content: text });

const prmChanges: fc.Arbitrary<Partial<PrmRow>> = fc.array(fc.record({ step: text, label: fc.boolean(), value, target: value, visits: count, right: fc.option(count), simulations: fc.option(count) }), { maxLength: 12 })
  .chain((steps) => fc.record({ prompt: text, gold: text, final_answer: text, seed, benchmark: fc.boolean() }).map((rest) => ({
    ...rest, completions: steps.map((step) => step.step), labels: steps.map((step) => step.label), targets: steps.map((step) => step.target), values: steps.map((step) => step.value), visits: steps.map((step) => step.visits),
    rights: steps.map((step) => step.right), simulations: steps.map((step) => step.simulations), node_ids: steps.map((step) => step.step), request_ids: steps.map((step) => step.step),
  })));
const sftChanges: fc.Arbitrary<Partial<SftRow>> = fc.record({ prompt: fc.array(message, { maxLength: 3 }), completion: fc.array(message, { maxLength: 3 }), min_value: value, seed, gold: text, recipe: text.filter((name) => name !== '') });

const pairChanges = { gap: value, chosen_value: value, rejected_value: value, chosen_depth: count, reflects: count, seed, gold: text, chosen_answer: text };
const preferenceChanges: fc.Arbitrary<Partial<PreferenceRow>> = fc.record({ prompt: fc.array(message, { maxLength: 3 }), chosen: fc.array(message, { maxLength: 2 }), rejected: fc.array(message, { maxLength: 2 }), ...pairChanges });
const stepsChanges: fc.Arbitrary<Partial<PreferenceStepsRow>> = fc.record({ prompt: fc.array(message, { maxLength: 3 }), chosen: text, rejected: text, ...pairChanges });

it('any rows come out of parts and of both sealed formats as they went in', async () => {
  await fc.assert(fc.asyncProperty(fc.array(prmChanges, { minLength: 1, maxLength: 30 }), fc.array(sftChanges, { minLength: 1, maxLength: 30 }), fc.array(preferenceChanges, { minLength: 1, maxLength: 9 }), fc.array(stepsChanges, { minLength: 1, maxLength: 9 }), fc.constantFrom('parquet' as const, 'arrow' as const), async (prms, sfts, pairs, stepPairs, format) => {
    const root = mkdtempSync(join(tmpdir(), 'trip-'));
    try {
      const folder = join(root, 'parts');
      const out = join(root, 'out');
      const prm = prms.map((changes, at) => prmRow({ question: 100 + at }, { ...changes, benchmark: false }));
      const sft = sfts.map((changes, at) => sftRow({ question: 100 + at }, changes));
      const preference = pairs.map((changes, at) => preferenceRow({ question: 100 + at }, changes));
      const preferenceSteps = stepPairs.map((changes, at) => preferenceStepsRow({ question: 100 + at }, changes));
      const half = Math.floor(prm.length / 2);
      const parts = [await writePrm(folder, prm.slice(0, half)), await writePrm(folder, prm.slice(half), half, 1), await writeSft(folder, sft), await writeRows('preference', folder, preference), await writeRows('preference_steps', folder, preferenceSteps)];
      await seal({ folder, parts, out, format, allowBenchmark: false, name: 'trip', settings: {} });
      expect(await previewRows(out, 'prm', 100)).toEqual(prm);
      expect(await previewRows(out, 'sft', 100)).toEqual(sft);
      expect(await previewRows(out, 'preference', 100)).toEqual(preference);
      expect(await previewRows(out, 'preference_steps', 100)).toEqual(preferenceSteps);
    } finally { rmSync(root, { recursive: true }); }
  }), { numRuns: 10, seed: 7 });
});
