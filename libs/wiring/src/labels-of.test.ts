import { labelsHashOf } from '@slowthink/labels';
import { expect, test } from 'vitest';
import { labelsOf, readSettings, runSettings } from './index.ts';
import { isLabelKey, labelKeys } from './labels-of.ts';
import type { RunSettings } from './run-settings.ts';

test('every setting of labels and pairs changes the label settings, each the one it is named for', () => {
  const { values } = readSettings({ flags: { policy: 'openai:http://127.0.0.1:1#m' }, env: {}, remember: false });
  const some = { ...values, 'labels.recipe': 'dual-sided-clamped', 'preference.pairs': ['leaf'] } as RunSettings; // these use every number
  const before = labelsOf(some);
  const others = { 'labels.recipe': 'soft', 'labels.threshold': 0.7, 'labels.beta': 2, 'labels.keepTop': 3, 'labels.filterInvalid': true, 'labels.unsimulated': 'inherit', 'preference.pairs': ['level'], 'preference.threshold': 0.4, 'preference.pairsMax': 7 };
  for (const [name, key] of Object.entries(labelKeys)) {
    const after = labelsOf({ ...some, [key]: others[key] } as RunSettings);
    expect(after[name as keyof typeof labelKeys], key).toEqual(others[key]);
    expect(labelsHashOf(after), key).not.toBe(labelsHashOf(before));
  }
});

test('a setting that is named for labels or pairs is one of theirs', () => {
  expect(Object.keys(runSettings).filter((key) => /^(?:labels|preference)\./.test(key))).toEqual(expect.arrayContaining(Object.values(labelKeys)));
  expect(Object.keys(runSettings).filter((key) => /^(?:labels|preference)\./.test(key) !== isLabelKey(key))).toEqual([]);
});
