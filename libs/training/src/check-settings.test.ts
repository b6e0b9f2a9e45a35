import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkJobSettings } from './check-settings.ts';

const check = (task: 'sft' | 'prm' | 'dpo', settings: { readonly [name: string]: string | number | boolean | null }, folder = resolve(import.meta.dirname, '../../../tools/training/configs')) => () => checkJobSettings(folder, task, settings);

describe('hyper-parameters that a job replaces', () => {
  it('are those of the configurations, with or without the task, in their types', () => {
    expect(check('sft', { learningRate: 3e-4, 'sft.epochs': 2, most: 3, loop: 'own', batchRows: null, batchTokens: 4096, gradientCheckpointing: true })).not.toThrow();
    expect(check('dpo', { pairsMax: 4, steps: true })).not.toThrow();
  });

  it.each([
    ['sft', { learningrate: 1 }, 'SETTING_UNKNOWN', 'sft.learningrate is no hyper-parameter of sft; the nearest is learningRate.'],
    ['sft', { labels: 'hard' }, 'SETTING_UNKNOWN', 'sft.labels is no hyper-parameter of sft; it is one of prm: prm.labels.'],
    ['prm', { 'prm.epochs': 'two' }, 'SETTING_INVALID', /^prm\.epochs is "two"; it must be a number, such as \d\.$/],
    ['prm', { batchRows: 'all' }, 'SETTING_INVALID', /^prm\.batchRows is "all"; it must be a number or null, such as \d+\.$/],
    ['prm', { epochs: null }, 'SETTING_INVALID', /^prm\.epochs is null; it must be a number, such as \d\.$/],
    ['dpo', { steps: 'yes' }, 'SETTING_INVALID', 'dpo.steps is "yes"; it must be a boolean, such as true.'],
  ] as const)('are refused else: %s %j', (task, settings, code, message) => {
    expect(check(task, settings)).toThrow(expect.objectContaining({ code, message: typeof message === 'string' ? message : expect.stringMatching(message) }) as Error);
  });

  it('are nobody\'s to check where there are no configurations', () => {
    expect(check('sft', { anything: 1 }, '/nowhere')).not.toThrow();
  });
});
