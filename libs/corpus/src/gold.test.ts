import { expect, test } from 'vitest';
import { goldOf, type AnswerFields } from './gold.ts';

const options = [{ letter: 'A', text: 'Atropine' }, { letter: 'B', text: 'Nitroglycerin' }, { letter: 'C', text: 'yes' }];
const gold = (fields: Partial<AnswerFields>): unknown => goldOf({ answer: 'B', options: [], ...fields }, 'line 4');

test.each(['B', 'b', ' B ', '(B)', 'B.', 'B)', 'Nitroglycerin', 'nitroglycerin ', 'B. Nitroglycerin'])('takes the answer %j for the option B', (answer) => {
  expect(gold({ answer, options })).toEqual({ kind: 'choice', answer: 'B', options });
});

test('takes an index where the kind says from which number it counts', () => {
  expect(gold({ answer: 1, options, kind: 'choice-from-0' })).toMatchObject({ kind: 'choice', answer: 'B' });
  expect(gold({ answer: 1n, options, kind: 'choice-from-1' })).toMatchObject({ kind: 'choice', answer: 'A' });
  expect(() => gold({ answer: 3, options, kind: 'choice-from-0' })).toThrow('is none of the options A, B, C');
});

test('refuses a text that two options have', () => {
  expect(() => gold({ answer: 'same', options: [{ letter: 'A', text: 'same' }, { letter: 'B', text: 'Same' }], kind: 'choice' })).toThrow('is none of the options A, B');
});

test('reads yes, no and maybe in any case of letters', () => {
  expect(gold({ answer: 'Yes' })).toEqual({ kind: 'yes-no-maybe', answer: 'yes' });
  expect(gold({ answer: 'maybe.' })).toEqual({ kind: 'yes-no-maybe', answer: 'maybe' });
  expect(() => gold({ answer: 'perhaps', kind: 'yes-no-maybe' })).toThrow('The answer "perhaps" of the row on line 4 is none of yes, no, maybe.');
});

test.each([
  ['270', 'mg', 270, 'mg'], ['1,200.5', 'mL', 1200.5, 'mL'], ['-3e-2', '', -0.03, ''], ['5 mg', '', 5, 'mg'], ['5 MG', 'mg', 5, 'mg'], [0.25, 'mmol/L', 0.25, 'mmol/L'], ['.5', '', 0.5, ''], ['25 kg/m2', '', 25, 'kg/m2'],
])('reads the number %j with the unit %j', (answer, unit, value, itsUnit) => {
  expect(gold({ answer, unit, kind: 'number' })).toEqual({ kind: 'number', answer: value, unit: itsUnit, tolerance: 0.01 });
});

test.each(['125-500 mg daily', 'high', '1,5', '3 to 4 days', '5 mg or 10 mg', ''])('refuses %j as a number', (answer) => {
  expect(() => gold({ answer, kind: 'number' })).toThrow(answer === '' ? 'has no answer' : 'is no number');
});

test('refuses a number whose unit is not the unit of the row, and a tolerance above 1', () => {
  expect(() => gold({ answer: '5 g', unit: 'mg' })).toThrow('has another unit than the row, which says "mg"');
  expect(() => gold({ answer: '5', unit: 'mg', tolerance: '5' })).toThrow('has the tolerance "5"; 0 to 1 is wanted');
  expect(gold({ answer: '5', unit: 'mg', tolerance: '0.05' })).toMatchObject({ tolerance: 0.05 });
});

test('takes a row with a unit for a number and a bare number without one for text', () => {
  expect(gold({ answer: 42, unit: 'mg' })).toMatchObject({ kind: 'number' });
  expect(gold({ answer: 42 })).toEqual({ kind: 'text', answer: '42' });
});

test('keeps free text and spans for a later grader', () => {
  expect(gold({ answer: '50 mg twice daily' })).toEqual({ kind: 'text', answer: '50 mg twice daily' });
  expect(gold({ answer: '50 mg twice daily', kind: 'span' })).toEqual({ kind: 'span', answer: '50 mg twice daily' });
});

test('reads a reference answer that no rule judges', () => {
  expect(gold({ answer: 'Eat less salt, and walk.', kind: 'open' })).toEqual({ kind: 'open', answer: 'Eat less salt, and walk.' });
});

test('refuses a letter that no option has, instead of taking it for text', () => {
  expect(() => gold({ answer: 'D', options })).toThrow(expect.objectContaining({ code: 'QUESTION_ROW_INVALID', message: 'The answer "D" of the row on line 4 is none of the options A, B, C.' }));
});

test('refuses a choice without options, an unknown kind, and an answer that is an object', () => {
  expect(() => gold({ kind: 'choice' })).toThrow('The answer "B" of the row on line 4 is of the kind choice, but no options were found.');
  expect(() => gold({ kind: 'essay' })).toThrow('The row on line 4 has the answer kind "essay"; known are choice,');
  expect(() => gold({ answer: { text: 'B' } })).toThrow('The answer of the row on line 4 is an object; one text or number is wanted.');
});

test.each([undefined, null, '', '  '])('reports the answer %j as missing', (answer) => {
  expect(() => gold({ answer, options })).toThrow(expect.objectContaining({ code: 'QUESTION_GOLD_MISSING', message: 'The row on line 4 has no answer.' }));
});
