import { readSettings } from '@slowthink/wiring';
import { describe, expect, it } from 'vitest';
import { evolutionFolder } from './evolution-folder.ts';
import { evolutionSettings, overridesOf, shownValues } from './evolution-settings.ts';

const folder = evolutionFolder('nowhere');
const of = (flags: { readonly [flag: string]: string | readonly string[] }, began?: { readonly [key: string]: unknown }, where = folder) => evolutionSettings(readSettings({ flags, env: {}, remember: false }), new Map(), where, began === undefined ? undefined : { v: 1, settings: began, sources: {} });

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

  it('are kept, compared and told without user and password', () => {
    const address = 'openai:http://user:secret@127.0.0.1:1/#m', { pinned, values } = of({ policy: address, scorer: `${address}&row=medsss` });
    expect([JSON.stringify(pinned).includes('secret'), pinned['policy'], values.policy]).toEqual([false, 'openai:http://127.0.0.1:1/#m', address]);
    expect(of({ policy: address }, pinned).values).toMatchObject({ policy: address, scorer: 'openai:http://127.0.0.1:1/#m&row=medsss' });
    expect(of({}, { ...pinned, policy: address }).pinned['policy']).toBe('openai:http://127.0.0.1:1/#m'); // a folder of before is cleaned
    expect(() => of({ policy: 'openai:http://user:secret@127.0.0.1:2/#m' }, pinned)).toThrow(expect.objectContaining({ message: expect.stringContaining('policy was openai:http://127.0.0.1:1/#m, now it is openai:http://127.0.0.1:2/#m (flag --policy)') }));
    expect(shownValues(of({ serving: 'lora:http://user:secret@h#m' }).values)['evolve.serving']).toBe('lora:http://***@h#m');
  });

  it('take another --train, for what is not trained yet', () => {
    const { pinned } = of({ train: ['sft.learnigRate=1'] });
    expect(of({ train: ['sft.learningRate=1'] }, pinned).pinned['evolve.train']).toEqual(['sft.learningRate=1']);
  });

  it('name hyper-parameters of every training or of one', () => {
    const given = ['epochs=2', 'sft.learningRate=3e-4', 'prm.labels=hard', 'dpo.beta=0.1', 'prm.epochs=3'];
    expect(['sft', 'prm', 'dpo'].map((task) => overridesOf(given, task as 'sft'))).toEqual([{ epochs: 2, learningRate: 3e-4 }, { epochs: 3, labels: 'hard' }, { epochs: 2, beta: 0.1 }]);
    expect(() => overridesOf(['sft.epochs'], 'sft')).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining('--train is "sft.epochs"') }));
    expect(() => of({ 'keep-by': 'vote-sum-mni' })).toThrow(expect.objectContaining({ message: expect.stringContaining('vote-sum-min') }));
  });
});
