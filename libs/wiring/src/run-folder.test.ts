import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveLabels, type LabelChoices } from '@slowthink/labels';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkSameRun, folderVersion, writeRunFile, type Remembered, type RunFile } from './run-folder.ts';
import { readSettings } from './settings-sources.ts';

let dir: string;
beforeEach(() => { dir = mkdtempSync(join(tmpdir(), 'slowthink-folder-')); });
afterEach(() => { rmSync(dir, { recursive: true }); });

const began = (labels: LabelChoices, settings: Remembered = {}): RunFile => ({ version: folderVersion, name: 'n', run: 'r', settingsHash: 's', policy: { model: 'm', revision: '1' }, labels: resolveLabels('meds3-v2', labels), settings } as RunFile);
const differences = (before: LabelChoices, after: LabelChoices): string => {
  try { checkSameRun(dir, began(before), began(after)); return ''; } catch (error) { return (error as Error).message; }
};

describe('a folder that remembers its label settings', () => {
  it('goes on with the same ones, however they were given', () => {
    expect(differences({}, { recipe: 'soft', threshold: 0.5, beta: 9, pairs: ['off'] })).toBe('');
    expect(differences({ pairs: ['leaf', 'level'] }, { pairs: ['level', 'leaf'] })).toBe('');
  });

  it.each<readonly [string, LabelChoices, LabelChoices, string]>([
    ['a recipe', {}, { recipe: 'dual-sided' }, '--labels was soft, now it is dual-sided ("slowthink rebuild --labels dual-sided" makes'], // not that threshold and beta go and come with it
    ['pairs', {}, { pairs: ['leaf'] }, 'preference.pairs was off, now it is leaf ("slowthink rebuild --pairs leaf" makes'],
    ['a bound', { pairs: ['leaf'] }, { pairs: ['leaf'], pairsMax: null }, 'preference.pairsMax was 100, now it is none ("slowthink rebuild --pairs-max none" makes'],
    ['a filter', {}, { filterInvalid: true, keepTop: 2 }, 'labels.keepTop was none, now it is 2; labels.filterInvalid was false, now it is true ("slowthink rebuild --keep-top 2 --filter-invalid" makes'],
  ])('refuses %s that it did not begin with, and says what to type for it', (_name, before, after, message) => {
    expect(differences(before, after)).toContain(message);
  });

  it('remembers that a bound was taken away, though its default is a number', () => {
    writeRunFile(dir, began({}, { 'preference.pairsMax': null, 'labels.keepTop': null, 'labels.recipe': 'hard', 'labels.filterInvalid': true, 'preference.pairs': ['leaf'] }));
    const { values } = readSettings({ flags: { dir }, env: {}, remember: true });
    expect([values['preference.pairsMax'], values['labels.keepTop'], values['labels.recipe'], values['labels.filterInvalid'], values['preference.pairs']]).toEqual([null, null, 'hard', true, ['leaf']]);
    expect(readSettings({ flags: { dir, 'pairs-max': '7' }, env: {}, remember: true }).values['preference.pairsMax']).toBe(7);
  });
});
