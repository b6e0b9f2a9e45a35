import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseOptions, renderOptions, type Option } from './options.ts';

const letters = (text: string, optionsMax?: number): string => parseOptions(text, optionsMax).map((option) => option.letter).join('');

test('reads five options after a stem', () => {
  expect(parseOptions('Which one?\nA. Disclose it\nB. Tell nobody\nC. Wait\nD. Report it\nE. Refuse')).toEqual([
    { letter: 'A', text: 'Disclose it' }, { letter: 'B', text: 'Tell nobody' }, { letter: 'C', text: 'Wait' }, { letter: 'D', text: 'Report it' }, { letter: 'E', text: 'Refuse' },
  ]);
});

test('reads yes, no, maybe after a blank line', () => {
  expect(parseOptions('Question: Is it so?\n\nA. yes\nB. no\nC. maybe').map((option) => option.text)).toEqual(['yes', 'no', 'maybe']);
});

test('keeps the lines of an option together', () => {
  expect(parseOptions('Q\nA. first line\nsecond line\nB. other')[0]).toEqual({ letter: 'A', text: 'first line\nsecond line' });
});

test('takes a line that begins with another letter for text: "E. coli" in option B', () => {
  expect(parseOptions('Q\nA. Infection with S. aureus\nB. Infection with\nE. coli\nC. None')).toEqual([
    { letter: 'A', text: 'Infection with S. aureus' }, { letter: 'B', text: 'Infection with\nE. coli' }, { letter: 'C', text: 'None' },
  ]);
});

test('lets optionsMax decide where the last of four options ends in "E. coli"', () => {
  const text = 'Q\nA. a\nB. b\nC. c\nD. Growth of\nE. coli';
  expect(letters(text)).toBe('ABCDE');
  expect(parseOptions(text, 4).at(-1)).toEqual({ letter: 'D', text: 'Growth of\nE. coli' });
});

test('takes the longer of two lists, and the later of two equally long', () => {
  expect(parseOptions('Findings:\nA. fever\nB. rash\nWhich?\nA. one\nB. two\nC. three').map((option) => option.text)).toEqual(['one', 'two', 'three']);
  expect(parseOptions('Findings:\nA. fever\nB. rash\nWhich?\nA. one\nB. two').map((option) => option.text)).toEqual(['one', 'two']);
  expect(letters('The culture grows\nA. fumigatus\nWhat helps?\nA. one\nB. two')).toBe('AB');
});

test('reads "A)", "(A)" and "A:", but does not mix them', () => {
  expect(letters('Q\nA) x\nB) y')).toBe('AB');
  expect(letters('Q\n(A) x\n(B) y\n(C) z')).toBe('ABC');
  expect(parseOptions('Q\nA: x\nB: y\nC. z')).toEqual([{ letter: 'A', text: 'x' }, { letter: 'B', text: 'y\nC. z' }]);
});

test('reads the last option without the paragraph after it and without a lone quotation mark', () => {
  expect(parseOptions('Q\nA. x\nB. y\n\nAnswer with the letter.').at(-1)!.text).toBe('y');
  expect(parseOptions('Q\nA. x\nB. "y"\n"').at(-1)!.text).toBe('"y"');
});

test('reads options behind Windows line ends', () => {
  expect(parseOptions('Q\r\nA. x\r\nB. y\r\n')).toEqual([{ letter: 'A', text: 'x' }, { letter: 'B', text: 'y' }]);
});

test('finds no options in plain text, in one option alone, or where A is missing', () => {
  for (const text of ['How to stop a cough?', 'Vitamin B. And\nA. only', 'Q\nB. x\nC. y', '']) expect(parseOptions(text)).toEqual([]);
});

test('finds the one list among 100,000 lines that begin with "A."', () => {
  expect(letters(`${'A. x\n'.repeat(50_000)}B. y\nC. z\n${'A. x\n'.repeat(50_000)}`)).toBe('ABC');
});

const word = fc.stringMatching(/^[a-z0-9"(]{1,6}( [a-zA-Z0-9.,%]{1,6}){0,3}$/);
/** Lines that look like an option, but carry a letter that no option of the list can have next. */
const lookalike = fc.constantFrom('Z. coli', 'Y. pestis', 'b. lower case', 'A.without a space', '1. a number', 'AB. two letters');
const optionText = fc.array(fc.oneof({ weight: 3, arbitrary: word }, { weight: 1, arbitrary: lookalike }), { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')).filter((text) => !/(^|\n)"$/u.test(text));

test('reads back what renderOptions writes, whatever lines the options hold', () => {
  fc.assert(fc.property(fc.array(word, { minLength: 1, maxLength: 3 }), fc.array(optionText, { minLength: 2, maxLength: 12 }), (stem, texts) => {
    const options: Option[] = texts.map((text, at) => ({ letter: String.fromCharCode(65 + at), text }));
    expect(parseOptions(`${stem.join('\n')}\n${renderOptions(options)}`)).toEqual(options);
  }), { numRuns: 300 });
});
