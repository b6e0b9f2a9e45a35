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

test('takes a row with a unit or bounds for a number; a bare number and free words without a kind are open', () => {
  expect(gold({ answer: 42, unit: 'mg' })).toMatchObject({ kind: 'number' });
  expect(gold({ answer: 42, lower: '40', upper: '44' })).toMatchObject({ kind: 'number' });
  expect(gold({ answer: 42 })).toEqual({ kind: 'open', answer: '42' });
  expect(gold({ answer: '50 mg twice daily' })).toEqual({ kind: 'open', answer: '50 mg twice daily' });
});

test('keeps the bounds of a number, both or neither, with the answer between them', () => {
  expect(gold({ answer: '27.3', unit: 'kg/m2', lower: '25.9', upper: '28.7' })).toEqual({ kind: 'number', answer: 27.3, unit: 'kg/m2', tolerance: 0.01, lower: 25.9, upper: 28.7 });
  expect(() => gold({ answer: '27.3', lower: '25.9' })).toThrow('has the bound lower alone; both or neither are wanted');
  expect(() => gold({ answer: '27.3', lower: '28', upper: '29' })).toThrow('does not stand between its bounds 28 and 29');
  expect(() => gold({ answer: '27.3', lower: 'low', upper: '29' })).toThrow('has the bounds "low" and "29"; two numbers are wanted');
});

test('keeps a span with its other wordings', () => {
  expect(gold({ answer: '50 mg twice daily', kind: 'span' })).toEqual({ kind: 'span', answer: '50 mg twice daily' });
  expect(gold({ answer: 'gerd', kind: 'span', alternatives: ['acid reflux', ''] })).toEqual({ kind: 'span', answer: 'gerd', alternatives: ['acid reflux'] });
  expect(gold({ answer: 'gerd', kind: 'span', alternatives: 'acid reflux | reflux disease' })).toMatchObject({ alternatives: ['acid reflux', 'reflux disease'] });
});

test.each<readonly [string, Partial<AnswerFields>]>([
  ['an array', { allowed: ['In situ', 'Regional', 'Distant'] }], ['JSON text', { allowed: '["In situ","Regional","Distant"]' }], ['one a line', { allowed: 'In situ\nRegional\n Distant' }],
  ['bars', { allowed: 'In situ|Regional|Distant' }], ['bulleted lines of the question', { question: 'Which stage?\n- In situ\n- Regional\n- Distant' }],
  ['a list behind a colon', { question: 'Say one of: In situ, Regional, or Distant.\nReport: nodes positive, T2.' }], ['quoted words in brackets', { question: 'Choose from ["In situ", "Regional", "Distant"] for this report.' }],
])('finds options without letters in %s', (_name, fields) => {
  expect(gold({ answer: 'regional', kind: 'text', ...fields })).toEqual({ kind: 'text', answer: 'Regional', options: ['In situ', 'Regional', 'Distant'] });
});

test('refuses an answer in words without options, and one that none or two of them say', () => {
  expect(() => gold({ answer: 'Regional', kind: 'text' })).toThrow('is of the kind text, but no options were found');
  expect(() => gold({ answer: 'Local', kind: 'text', allowed: ['Regional', 'Distant'] })).toThrow('is none of the options Regional, Distant');
  expect(() => gold({ answer: 'distant', kind: 'text', allowed: ['Distant', 'distant '] })).toThrow('is more than one of the options');
  expect(() => gold({ answer: 'Regional', kind: 'text', allowed: ['Regional'] })).toThrow('The options of the row on line 4 are 1; at least 2 are wanted.');
});

test('keeps a name as its list writes it, and does without a list', () => {
  expect(gold({ answer: 'gerd', kind: 'name', allowed: ['GERD', 'Pneumonia'], alternatives: 'acid reflux' })).toEqual({ kind: 'name', answer: 'GERD', names: ['GERD', 'Pneumonia'], alternatives: ['acid reflux'] });
  expect(gold({ answer: 'GERD', kind: 'name', question: 'Answer with one of the following diseases: Pneumonia, GERD, HIV (initial infection), URTI.\nAge: 30, Sex: F' })).toEqual({ kind: 'name', answer: 'GERD', names: ['Pneumonia', 'GERD', 'HIV (initial infection)', 'URTI'] });
  expect(gold({ answer: 'Fabry disease', kind: 'name', question: 'Which disease?' })).toEqual({ kind: 'name', answer: 'Fabry disease' });
  expect(() => gold({ answer: 'Gout', kind: 'name', allowed: ['GERD', 'Pneumonia'] })).toThrow('is none of the 2 names of the row');
});

test('reads a list as Python prints it, where a comma stands inside one name and is missing between two, with words behind the bracket', () => {
  const question = "Choose one answer among the following lists: ['boerhaave', 'spontaneous rib fracture' 'gerd', 'inguinal, hernia', \"crohn's disease\", 'hiv (initial infection)', 'cannot decide']. The answer should be a single word.\nAge: 18";
  const names = ['boerhaave', 'spontaneous rib fracture', 'gerd', 'inguinal, hernia', "crohn's disease", 'hiv (initial infection)', 'cannot decide'];
  for (const answer of ['gerd', 'inguinal, hernia', "Crohn's disease"]) expect(gold({ answer, kind: 'name', question })).toMatchObject({ kind: 'name', answer: answer.toLowerCase(), names });
});

test('reads the kinds of MedCalc by their own names: decimal and integer are numbers, a date is a span', () => {
  expect(gold({ answer: '27.3', kind: 'decimal', lower: '25.9', upper: '28.7' })).toMatchObject({ kind: 'number', answer: 27.3, lower: 25.9, upper: 28.7 });
  expect(gold({ answer: '4', kind: 'integer', lower: '4', upper: '4' })).toMatchObject({ kind: 'number', answer: 4 });
  expect(gold({ answer: '03/15/2021', kind: 'date', lower: '03/15/2021', upper: '03/15/2021' })).toEqual({ kind: 'span', answer: '03/15/2021' });
});

const classes = [{ digit: '0', text: 'false' }, { digit: '1', text: 'mixture' }, { digit: '2', text: 'true' }];
test.each<readonly [string, Partial<AnswerFields>]>([
  ['an object', { allowed: { 0: 'false', 1: 'mixture', 2: 'true' } }], ['texts in their order', { allowed: ['false', 'mixture', 'true'] }], ['texts with their digits', { allowed: '0: false | 1 = mixture | 2. true' }],
  ['objects', { allowed: classes }], ['the question', { question: 'Classify the claim: "0" for false, "1" for mixture and "2" for true.\nClaim: 3 of 4 doctors agree.' }], ['brackets in the question', { question: 'Is it 0 (false), 1 (mixture) or 2 (true)?' }],
])('finds the classes behind digits in %s', (_name, fields) => {
  expect(gold({ answer: 2, kind: 'digit', ...fields })).toEqual({ kind: 'digit', answer: '2', classes });
});

test('takes the words of a class for its digit, knows no classes where the question explains none, and refuses what is no digit', () => {
  expect(gold({ answer: 'True', kind: 'digit', allowed: classes })).toMatchObject({ answer: '2' });
  expect(gold({ answer: '1', kind: 'digit', question: 'Which class has this claim?' })).toEqual({ kind: 'digit', answer: '1' });
  expect(() => gold({ answer: '12', kind: 'digit' })).toThrow('is no digit');
  expect(() => gold({ answer: '7', kind: 'digit', allowed: classes })).toThrow('is none of the classes 0, 1, 2');
  expect(() => gold({ answer: '0', kind: 'digit', allowed: ['0: a', '0: b'] })).toThrow('are no classes: 2 to 10 are wanted, each with a digit of its own');
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
