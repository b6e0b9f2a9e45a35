// The one normal form in which texts are compared: a list of words.
//
//   text -> NFKC -> lower case -> invisible characters out -> words
//
// A word is a run of letters, marks and digits that begins with a letter ("b12"), or a number ("1,200", "0.5"): all else parts words and is dropped, so that punctuation, white space, line ends and Markdown change nothing.
// "5mg" and "5 mg" are the same two words. In scripts that put no space between words every character is one.

const invisible = /\p{Cf}/gu; // soft hyphens, zero-width spaces, marks of direction: they would part a word that a reader sees whole
const unspaced = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const wordPattern = new RegExp(String.raw`\p{Nd}+(?:[.,]\p{Nd}+)*|[${unspaced}]\p{M}*|[[\p{L}\p{M}\p{N}]--[${unspaced}]]+`, 'gv');
const plain = /^[\0-\x7f]*$/u;
const plainWord = /[0-9]+(?:[.,][0-9]+)*|[a-z][a-z0-9]*/gu; // the same words, found in a third of the time
const thousands = /^\p{Nd}{1,3}(?:,\p{Nd}{3})+(?:\.\p{Nd}+)?$/u;

/** The words of a text, in order; [] where it has none. */
export function wordsOf(text: string): readonly string[] {
  const words = plain.test(text) ? text.toLowerCase().match(plainWord) ?? [] : text.normalize('NFKC').toLowerCase().replace(invisible, '').match(wordPattern) ?? [];
  return words.map((word) => (word.includes(',') && thousands.test(word) ? word.replaceAll(',', '') : word));
}

/** Whether a word is a number: these are masked when texts are compared as templates. */
export const isNumber = (word: string): boolean => /^\p{Nd}/u.test(word);
