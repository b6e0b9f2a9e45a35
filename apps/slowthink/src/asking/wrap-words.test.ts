import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wrapWords } from './wrap-words.ts';

it('breaks at spaces, and inside a word that is longer than a line', () => {
  expect(wrapWords('Each dose is 720 mg.', 10)).toEqual(['Each dose', 'is 720 mg.']);
  expect(wrapWords('a abcdefghij b', 4)).toEqual(['a', 'abcd', 'efgh', 'ij b']);
  expect(wrapWords('one\ntwo three', 9)).toEqual(['one', 'two three']);
});

it('counts wide signs as two columns, and breaks nothing where no width is known', () => {
  expect(wrapWords('薬は安全です', 4)).toEqual(['薬は', '安全', 'です']);
  expect(wrapWords('Each dose is 720 mg.', undefined)).toEqual(['Each dose is 720 mg.']);
});

it('loses no sign of any text', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), fc.integer({ min: 2, max: 12 }), (text, columns) => {
    expect(wrapWords(text, columns).join('').replaceAll(/[ \n]/g, '')).toBe(text.replaceAll(/[ \n]/g, ''));
  }));
});
