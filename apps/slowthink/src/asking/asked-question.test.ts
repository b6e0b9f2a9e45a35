import { describe, expect, it } from 'vitest';
import { askedQuestion, type KindGiven } from './asked-question.ts';

const allowedIn = (question: string, given: KindGiven = {}): unknown => askedQuestion(question, given).allowed;
const drugs = [{ letter: 'A', text: 'aspirin' }, { letter: 'B', text: 'heparin' }];

describe('a question as its words show it', () => {
  it.each([
    ['Which drug?\nA. aspirin\nB. heparin', { kind: 'choice', options: drugs }],
    ['How many mg?\nA. aspirin\nB. heparin', { kind: 'choice', options: drugs }], // a letter answers it
    ['Give 5 mg/kg to 20 kg. How many mg?', { kind: 'number', unit: 'mg' }], ['What is the rate in mL/h?', { kind: 'number', unit: 'mL/h' }], ['How many valves has a heart?', { kind: 'number', unit: '' }],
    ['Does aspirin thin blood? Answer yes or no.', { kind: 'yes-no-maybe' }], ['Is it safe (yes, no or maybe)?', { kind: 'yes-no-maybe' }],
    ['How to stop a cough?', { kind: 'open' }], ['Is aspirin safe?', { kind: 'open' }], ['Yes, but why? There is no reason.', { kind: 'open' }],
  ])('%j', (question, allowed) => expect(allowedIn(question)).toEqual(allowed));

  it('is what the command line says instead', () => {
    expect(allowedIn('How many mg?', { kind: 'open' })).toEqual({ kind: 'open' });
    expect(allowedIn('Which drug?\nA. aspirin\nB. heparin', { kind: 'span' })).toEqual({ kind: 'span' });
    expect(allowedIn('What is the dose?', { kind: 'number' })).toEqual({ kind: 'number', unit: '' });
    expect(allowedIn('What is the dose?', { unit: 'mg' })).toEqual({ kind: 'number', unit: 'mg' });
    expect(allowedIn('What is the dose?\nA. 5 mg\nB. 6 mg', { unit: 'mg', kind: 'number' })).toEqual({ kind: 'number', unit: 'mg' });
    expect(() => allowedIn('What is the dose?\nA. 5 mg\nB. 6 mg', { unit: 'mg' })).toThrow('The question has options, and --unit asks for a number.');
    expect(allowedIn('How many g?', { unit: 'mg' })).toEqual({ kind: 'number', unit: 'mg' });
  });

  it('names the options that were given at its end, and letters before them are not doubled', () => {
    for (const options of ['aspirin|heparin', ' aspirin | heparin |', 'A. aspirin|B. heparin', '(A) aspirin\n(B) heparin']) {
      expect(askedQuestion(' Which drug? ', { options })).toEqual({ text: 'Which drug?\nA. aspirin\nB. heparin', allowed: { kind: 'choice', options: drugs } });
    }
  });
});

it.each<readonly [string, string, KindGiven, string]>([
  ['without words', ' \n', {}, 'The question is empty.'], ['a choice without options', 'Which?', { kind: 'choice' }, 'The question shows no options, and none are given.'], ['one option', 'Which?', { options: 'aspirin' }, '--options names 1 option;'],
  ['no option', 'Which?', { options: '|' }, '--options names 0 options;'], ['options of a number', 'How many?', { options: '1|2', kind: 'number' }, '--options are given for --kind number.'], ['a unit of a span', 'What?', { unit: 'mg', kind: 'span' }, '--unit is given for --kind span.'],
])('refuses %s', (_name, question, given, message) => {
  expect(() => askedQuestion(question, given)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: expect.stringContaining(message) as string }) as Error);
});
