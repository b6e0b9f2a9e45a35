import { readSettings } from '@slowthink/wiring';
import { describe, expect, it } from 'vitest';
import { evolutionFolder } from './evolution-folder.ts';
import { evolutionSettings, overridesOf } from './evolution-settings.ts';

const folder = evolutionFolder('nowhere');
const of = (flags: { readonly [flag: string]: string | readonly string[] }, began?: { readonly [key: string]: unknown }) => evolutionSettings(readSettings({ flags, env: {}, remember: false }), new Map(), folder, began === undefined ? undefined : { v: 1, settings: began, sources: {} });

describe('settings of an evolution', () => {
  it('are those of seed-cpu for the models that ship, and of meds3-v2 without a scorer for others', () => {
    expect(of({})).toMatchObject({ rounds: 2, recipe: { name: 'seed-cpu', questionsARound: 800 }, values: { scorer: 'seed', questions: ['dosage'] } });
    expect(of({ policy: 'openai:http://127.0.0.1:1#m' })).toMatchObject({ rounds: 1, recipe: { name: 'meds3-v2', limitPerSet: 500 }, values: { scorer: 'none' } });
  });

  it('come from the folder where nothing else is given, and differ by name where something is', () => {
    const { pinned } = of({ seed: '5', 'questions-a-round': '20', train: ['sft.epochs=2'] });
    expect(of({}, pinned)).toMatchObject({ recipe: { questionsARound: 20 }, values: { seed: 5, 'evolve.train': ['sft.epochs=2'] } });
    expect(of({ seed: '5', rounds: '9', patience: '1', 'keep-by': 'greedy', 'max-minutes': '3', trainer: 'local:python' }, pinned)).toMatchObject({ rounds: 9 }); // these may change
    expect(() => of({ seed: '6', 'dev-limit': '7' }, pinned)).toThrow(expect.objectContaining({ code: 'DIR_SETTINGS_CHANGED', message: expect.stringContaining('seed was 5, now it is 6 (flag --seed); evolve.devLimit was none, now it is 7 (flag --dev-limit)') }));
  });

  it('name hyper-parameters of every training or of one', () => {
    const given = ['epochs=2', 'sft.learningRate=3e-4', 'prm.labels=hard', 'dpo.beta=0.1', 'prm.epochs=3'];
    expect(['sft', 'prm', 'dpo'].map((task) => overridesOf(given, task as 'sft'))).toEqual([{ epochs: 2, learningRate: 3e-4 }, { epochs: 3, labels: 'hard' }, { epochs: 2, beta: 0.1 }]);
    expect(() => overridesOf(['sft.epochs'], 'sft')).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining('--train is "sft.epochs"') }));
    expect(() => of({ 'keep-by': 'vote-sum-mni' })).toThrow(expect.objectContaining({ message: expect.stringContaining('vote-sum-min') }));
  });
});
