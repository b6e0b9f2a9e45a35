import { expect, test } from 'vitest';
import { optionsOfValue } from './options-value.ts';

const wanted = [{ letter: 'A', text: 'one' }, { letter: 'B', text: 'two' }];

test.each([
  ['an array', ['one', 'two']],
  ['an array whose texts carry their letters', ['A. one', 'B. two']],
  ['an object', { B: 'two', A: 'one' }],
  ['an object of Parquet with empty fields', { A: 'one', B: 'two', C: null }],
  ['an array of keys and values', [{ key: 'A', value: 'one' }, { key: 'B', value: 'two' }]],
  ['texts and labels apart', { text: ['one', 'two'], label: ['A', 'B'] }],
  ['an array as JSON text', '["one", "two"]'],
  ['an object as JSON text', ' {"A": "one", "B": "two"}'],
  ['lines', 'A. one\nB. two'],
  ['columns of which the last are empty', ['one', 'two', '', '']],
  ['labels that are no letters', [{ label: '1', text: 'one' }, { label: '2', text: 'two' }]],
])('reads options from %s', (_name, value) => {
  expect(optionsOfValue(value, 'line 3')).toEqual(wanted);
});

test('keeps letters that skip one', () => {
  expect(optionsOfValue({ A: 'one', C: 'three' }, 'line 3').map((option) => option.letter)).toEqual(['A', 'C']);
});

test('gives no options for an empty value', () => {
  for (const value of [undefined, null, '', [], ['', '']]) expect(optionsOfValue(value, 'line 3')).toEqual([]);
});

test.each([
  [['one', '', 'three'], 'The options of the row on line 3 hold an empty one before the last.'],
  [['one'], 'The options of the row on line 3 are 1; 2 to 26 are wanted.'],
  [{ first: 'one', second: 'two' }, 'The options of the row on line 3 have the keys first, second; letters A, B, ... are wanted.'],
  ['one / two', 'The options of the row on line 3 are neither a JSON array or object nor lines "A. text".'],
  [7, 'The options of the row on line 3 are a number.'],
  [[{ label: 'A', text: 'x' }, { label: 'A', text: 'y' }], 'The options of the row on line 3 use a letter twice.'],
  [[['x'], ['y']], 'The options of the row on line 3 hold a value that is no text.'],
])('refuses %j', (value, message) => {
  expect(() => optionsOfValue(value, 'line 3')).toThrow(expect.objectContaining({ code: 'QUESTION_ROW_INVALID', message }));
});
