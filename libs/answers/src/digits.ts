// Classes that go by a digit: the digit, or the words of its class. "20" is no 2, "untrue" is not true.
import type { Gold } from '@slowthink/records';
import type { Readers } from './reading.ts';
import { termReader } from './terms.ts';

export type DigitGold = Extract<Gold, { readonly kind: 'digit' }>;

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];
const CLASS_CUE = /\b(?:label|class|classification|category|claim|statement|verdict)\b[*_"')]{0,4}[ \t]{0,3}(?:\b(?:is|was|should be|must be)\b(?: therefore| thus)?|[:=])|\bclassif(?:y|ied) (?:it|this|the \w{1,20}) as\b/gi;

/** Where the classes are not known, every digit is one; the words of a class answer for its digit, also behind it: "2 (true)". */
export function digitReaders(gold: DigitGold): Readers {
  const classes = gold.classes ?? WORDS.map((_, value) => ({ digit: String(value), text: '' }));
  const terms = classes.map(({ digit, text }) => {
    const names = [digit, ...(WORDS[Number(digit)] === undefined ? [] : [WORDS[Number(digit)]!])];
    return { key: digit, wordings: [...names, ...names.flatMap((name) => ['class', 'label', 'category'].map((noun) => `${noun} ${name}`)), ...(text === '' ? [] : [text, `${digit} ${text}`])] };
  });
  return { read: termReader(terms, gold.answer), cues: CLASS_CUE };
}
