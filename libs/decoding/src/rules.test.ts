import { FaultError } from '@slowthink/faults';
import { describe, expect, it } from 'vitest';
import { choose, decodingRules, reducerNames, ruleNamed } from './index.ts';

const faultOf = (act: () => unknown): FaultError => { try { act(); } catch (error) { if (error instanceof FaultError) return error; } throw new Error('no fault'); };

describe('decodingRules', () => {
  it('are greedy, maj, and best-of-N, vote-sum and vote-mean with each reducer', () => {
    expect(decodingRules.map(({ name }) => name)).toEqual(['greedy', 'maj', ...['bon', 'vote-sum', 'vote-mean'].flatMap((chooser) => reducerNames.map((reducer) => `${chooser}-${reducer}`))]);
    expect(decodingRules.filter(({ reduce }) => reduce === undefined).map(({ name }) => name)).toEqual(['greedy', 'maj']);
  });
  it('have names and aliases that mean one rule each', () => {
    const names = decodingRules.flatMap(({ name, aliases }) => [name, ...aliases]);
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
    for (const name of names) expect(name).toBe(name.toLowerCase());
  });
});

describe('ruleNamed', () => {
  it('knows the names of the released code: scvm, prm-min-vote-sum and their kind', () => {
    const nameOf = (text: string): string => ruleNamed(text).name;
    expect(['scvm', 'prm-min-vote-sum', 'prm-last-vote-sum', 'prm-min-max', 'prm-prod-max', 'prm-gmean-vote-mean'].map(nameOf)).toEqual(['maj', 'vote-sum-min', 'vote-sum-last', 'bon-min', 'bon-product', 'vote-mean-geometric-mean']);
  });
  it('knows P-VS by name, and what others call these rules', () => {
    expect(['p-vs', 'P-VS', ' pvs '].map((text) => ruleNamed(text).title)).toEqual(['vote-sum (min)', 'vote-sum (min)', 'vote-sum (min)']);
    expect(['majority', 'self-consistency', 'sc', 'best-of-n-min', 'best-of-n-prod', 'bon-avg'].map((text) => ruleNamed(text).name)).toEqual(['maj', 'maj', 'maj', 'bon-min', 'bon-product', 'bon-mean']);
  });
  it('names the nearest rule and all of them for a name that it does not know', () => {
    const fault = faultOf(() => ruleNamed('vote-sum-mim'));
    expect(fault.code).toBe('SETTING_INVALID');
    expect(fault.message).toContain('There is no decoding rule "vote-sum-mim". The nearest is "vote-sum-min".');
    expect(fault.hint).toContain('vote-mean-geometric-mean');
  });
});

it('greedy chooses none of the candidates', () => expect(choose(ruleNamed('greedy'), [{ answer: 'A', values: [1] }])).toBe(-1));
