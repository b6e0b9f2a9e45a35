import { describe, expect, it } from 'vitest';
import type { ItemRow } from '../items/item-text.ts';
import { matches, type ItemFilter } from './matches.ts';

const all: ItemFilter = { set: '', ruleA: -1, outcomeA: '', ruleB: -1, outcomeB: '', disagree: false, candidates: '', text: '' };
// id, set, question, outcomes of three rules, candidates
const rows: readonly ItemRow[] = [
  ['medqa/1', 'medqa', 'Which drug lowers Blood pressure?', 'rrw', 'rrww'],
  ['medqa/2', 'medqa', 'Cough?', 'wrn', 'wwwn'],
  ['seer/3', 'seer', 'Stage of the tumour', 'ttr', 'rrrr'],
  ['seer/4', 'seer', '\u017Fpot <b>', 'nnn', 'nntt'],
];
const found = (filter: Partial<ItemFilter>): string => rows.filter((row) => matches(row, { ...all, ...filter })).map(([id]) => id.slice(-1)).join('');

describe('matches', () => {
  it('finds everything where nothing is asked for', () => expect(found({})).toBe('1234'));

  it('finds by set', () => expect(found({ set: 'seer' })).toBe('34'));

  it('finds by what a rule came to; not right is wrong, without an answer or cut off', () => {
    expect([found({ ruleA: 0, outcomeA: 'r' }), found({ ruleA: 0, outcomeA: 'w' }), found({ ruleA: 0, outcomeA: 'n' }), found({ ruleA: 0, outcomeA: 't' }), found({ ruleA: 0, outcomeA: 'x' })]).toEqual(['1', '2', '4', '3', '234']);
    expect(found({ ruleA: 0, outcomeA: 'x', ruleB: 1, outcomeB: 'r' })).toBe('2');
    expect(found({ ruleA: -1, outcomeA: 'r' })).toBe('1234'); // no rule: its outcome asks for nothing
  });

  it('finds where one of two rules is right and the other is not', () => {
    expect(found({ ruleA: 0, ruleB: 2, disagree: true })).toBe('13');
    expect(found({ ruleA: 0, ruleB: 1, disagree: true })).toBe('2');
    expect(found({ ruleA: 0, ruleB: -1, disagree: true })).toBe('1234');
  });

  it('finds by what the candidates are', () => {
    expect((['none right', 'some right', 'all right', 'some none', 'all none', 'some truncated'] as const).map((candidates) => found({ candidates }))).toEqual(['24', '1', '3', '24', '4', '4']);
  });

  it('finds every word in id or question, in any case of letters', () => {
    expect([found({ text: 'blood WHICH' }), found({ text: '  ' }), found({ text: 'seer stage' }), found({ text: 'cough stage' }), found({ text: '<b>' })]).toEqual(['1', '1234', '3', '', '4']);
  });
});
