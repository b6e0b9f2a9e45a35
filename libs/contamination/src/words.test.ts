import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isNumber, wordsOf } from './words.ts';

describe('the words of a text', () => {
  it.each([
    ['punctuation, case, white space and Markdown', '**Which**  drug—\n(of the two) helps?', ['which', 'drug', 'of', 'the', 'two', 'helps']],
    ['wide digits, ligatures and fractions (NFKC)', 'ﬁve ２．５ mL', ['five', '2.5', 'ml']],
    ['both forms of an accent', 'Sjögren Sjo\u0308gren', ['sjögren', 'sjögren']],
    ['soft hyphens and zero-width spaces inside a word', 'an\u00ademia an\u200bemia', ['anemia', 'anemia']],
    ['both apostrophes', 'patient\'s patient’s', ['patient', 's', 'patient', 's']],
    ['a number and its unit, written apart or not', '5mg 5 mg', ['5', 'mg', '5', 'mg']],
    ['thousands, and lists of numbers', '1,200 1200 1,2,3', ['1200', '1200', '1,2,3']],
    ['a word that ends in a digit', 'B12 T4', ['b12', 't4']],
    ['scripts without spaces', '糖尿病', ['糖', '尿', '病']],
  ])('are the same whatever the %s', (_, text, words) => { expect(wordsOf(text)).toEqual(words); });

  it.each(['', ' \n', '?!…', '\u200b'])('are none in %j', (text) => { expect(wordsOf(text)).toEqual([]); });

  it('are found alike on the short way for ASCII and on the way for every text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (text) => { expect(wordsOf(`${text} é`)).toEqual([...wordsOf(text), 'é']); }));
  });
});

it('takes for a number what begins with a digit of any script', () => {
  expect(['5', '1200', '٣', 'b12', 'mg'].map(isNumber)).toEqual([true, true, true, false, false]);
});
