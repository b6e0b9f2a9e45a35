// Options by their words: "The answer is nitroglycerin" names an option when the words are that option's, all of them and no others.
import { AFTER_WORDS, matchAt } from './reading.ts';
import { tidyText } from './tidy.ts';

export interface Option {
  readonly letter: string;
  readonly words: readonly string[];
  /** The text is a question: its mark belongs to the answer and does not put it in question. */
  readonly asks: boolean;
  /** No other option has the same words, and they are more than one letter. */
  readonly named: boolean;
}

const WORD = /(?:(?<![\p{L}\p{N}])[-+](?=\p{N})|\p{N}{1,30}(?:[.,]\p{N}{1,30}){0,8}|[\p{L}\p{M}\p{N}]{1,80}|[%+<>≥≤=°↑↓])/uy;
const GAP = /[^\p{L}\p{M}\p{N}%+<>≥≤=°↑↓\n-]{1,12}|-(?!\p{N})|(?<=[\p{L}\p{N}])-/uy;
const ENDS = new RegExp(String.raw`[ \t]{0,3}(?:$|[\n.;,:!?)\]}*"'\x60$_<\\|(–—。।،؛]|-\s|(?:${AFTER_WORDS})\b)`, 'y');
const ARTICLE = /[ \t"'*_:(–—-]{0,6}(?:the|an?)[ \t]{1,3}(?=\S)/iy;
const QUESTION_MARK = /[\s"']{0,4}\?["']{0,4}/y;

/** The next word at or behind `at` on this line, lower case, and where it ends. */
export function wordAt(text: string, at: number): { readonly word: string; readonly start: number; readonly end: number } | undefined {
  let here = at;
  for (let gaps = 0; gaps < 6; gaps++) {
    const word = matchAt(WORD, text, here);
    if (word !== null) return { word: word[0].toLowerCase(), start: here, end: here + word[0].length };
    const gap = matchAt(GAP, text, here);
    if (gap === null) return undefined;
    here += gap[0].length;
  }
  return undefined;
}

/** The words by which two texts are equal: NFKC, lower case, no punctuation, no leading article. */
export function wordsOf(text: string): readonly string[] {
  const tidy = tidyText(text).replace(/\s+/g, ' ').replace(/^(?:the|an?) (?=\S)/i, '');
  const words: string[] = [];
  for (let word = wordAt(tidy, 0); word !== undefined; word = wordAt(tidy, word.end)) words.push(word.word);
  return words;
}

export function readOptions(options: readonly { readonly letter: string; readonly text: string }[]): readonly Option[] {
  const read = options.map(({ letter, text }) => ({ letter, words: wordsOf(text), asks: /\?["'”\s]*$/.test(text) }));
  const count = new Map<string, number>();
  for (const { words } of read) count.set(words.join(' '), (count.get(words.join(' ')) ?? 0) + 1);
  return read.map(({ letter, words, asks }) => ({ letter, words, asks, named: words.length > 0 && count.get(words.join(' ')) === 1 && !/^[a-z]$/.test(words.join(' ')) }));
}

/** Where the text of one option ends, when its words stand at `at`; more words may follow. */
export function matchText(text: string, at: number, { words, asks }: Option): number | undefined {
  let here = at + (matchAt(ARTICLE, text, at)?.[0].length ?? 0);
  for (const expected of words) {
    const found = wordAt(text, here);
    if (found === undefined || found.word !== expected) return undefined;
    here = found.end;
  }
  return words.length > 0 ? here + (asks ? matchAt(QUESTION_MARK, text, here)?.[0].length ?? 0 : 0) : undefined;
}

/** Nothing that belongs to the words before follows at `at`. */
export const wordsEnd = (text: string, at: number): boolean => matchAt(ENDS, text, at) !== null;

/** The option whose words stand at `at`, the longest one; `listed`: another option may follow behind "and" or "or". */
export function matchOption(text: string, at: number, options: readonly Option[], listed: (at: number) => boolean): { readonly option: Option; readonly end: number } | undefined {
  let best: { readonly option: Option; readonly end: number } | undefined;
  for (const option of options) {
    if (!option.named) continue;
    const end = matchText(text, at, option);
    if (end !== undefined && (best === undefined || end > best.end) && (wordsEnd(text, end) || listed(end))) best = { option, end };
  }
  return best;
}
