// Reads an option: by its letter in any usual style, or by its words when no letter is given.
import type { Gold } from '@slowthink/records';
import { skipFillers } from './fillers.ts';
import { LIST, readList } from './listed.ts';
import { matchOption, matchText, readOptions, wordAt, wordsEnd, type Option } from './option-text.ts';
import { AFTER_LETTER, matchAt, type Reading, type Readers } from './reading.ts';
import { species } from './species.ts';

export type ChoiceGold = Extract<Gold, { readonly kind: 'choice' }>;
interface Found { readonly letter: string; readonly start: number; readonly end: number }

const CLOSERS = /[)\]}*_"'`$]{0,8}/y;
const AFTER_LETTER_ELSEWHERE = '因为|因|还是|或|和|です|だ|である|が|입니다|이다|है'; // without a space before them
const FOLLOWS = new RegExp(String.raw`(?:$|\n|[^\p{L}\p{N}\s]|(?:${AFTER_LETTER})\b|${AFTER_LETTER_ELSEWHERE}|(?:oder|und|ou|et|o|y)[ \t][([*]{0,3}[A-Z](?!\p{L}))`, 'uy');
const GOES_ON = new RegExp(String.raw`^(?:(?!${AFTER_LETTER_ELSEWHERE})[\p{L}\p{N}]|[+%°=^]|[-'][\p{L}\p{N}]|\/(?![ \t]?[(]?[A-Z]\b))`, 'u');
const LATER = /[^\n.!?([]{1,160}[([](?:option |choice |answer )?([A-Z])[)\]](?=[\s*_"'$]{0,4}(?:[.\n,;]|$))/y;
const OTHER_OPTION = /\bnot\b|n't\b|\b(?:rather than|instead of|unlike|except|neither|nor|or|and)\b/i;
const BRACKETED = /[ \t]{0,2}[([](?:option |choice |answer )?([A-Z])[)\]]/y;

/** Finds the option that an answer names. The letter wins over the words behind it ("B. Nitroglycerin" is B); a letter that no option has is no answer. */
export function choiceReaders(gold: ChoiceGold): Readers {
  const options = readOptions(gold.options);
  const readingOf = (text: string, found: readonly Found[]): Reading | undefined => {
    if (found.length === 0) return undefined;
    const keys = [...new Set(found.map((one) => one.letter))];
    const end = found.at(-1)!.end;
    return { keys, right: keys.length === 1 && keys[0] === gold.answer, text: text.slice(found[0]!.start, end).trim(), end };
  };
  return {
    read: (text, at) => readingOf(text, readList(text, at, options.length, (whole, here, start) => {
      const found = readOption(whole, here, options);
      return !start && found !== undefined && found.end === here + 1 && /[a-z]/.test(whole[here]!) ? undefined : found; // "C and a beta blocker"
    })),
    readLater: (text, at) => {
      const later = matchAt(LATER, text, at);
      if (later === null || OTHER_OPTION.test(later[0]) || !options.some(({ letter }) => letter === later[1])) return undefined;
      return readingOf(text, [{ letter: later[1]!, start: at, end: at + later[0].length }]);
    },
  };
}

function readOption(text: string, at: number, options: readonly Option[]): Found | undefined {
  const spelled = matchOption(text, at, options, (end) => { // "aspirin or heparin", both options
    const link = matchAt(LIST, text, end);
    return link !== null && matchOption(text, skipFillers(text, end + link[0].length), options, () => false) !== undefined;
  });
  const genus = spelled !== undefined && (spelled.option.words[0]!.length === 1 || /^an?[ \t]/i.test(text.slice(at, at + 3))); // an option's own text: "E. coli", "B cells", "A type 1 error"
  const letter = genus ? undefined : readLetter(text, at, options);
  if (letter !== undefined || spelled === undefined) return letter;
  const bracketed = matchAt(BRACKETED, text, spelled.end); // "nitroglycerin (C)": a letter is given
  const given = bracketed !== null && options.some((option) => option.letter === bracketed[1]) ? bracketed : undefined;
  return { letter: given?.[1] ?? spelled.option.letter, start: at, end: spelled.end + (given?.[0].length ?? 0) };
}

function readLetter(text: string, at: number, options: readonly Option[]): Found | undefined {
  const sign = text[at];
  if (sign === undefined || !/[A-Za-z]/.test(sign)) return undefined;
  const option = options.find(({ letter }) => letter === sign.toUpperCase());
  if (option === undefined || GOES_ON.test(text.slice(at + 1, at + 5))) return undefined; // "Aspirin", "B12", "A+", "X-linked", "A's"
  const closers = matchAt(CLOSERS, text, at + 1)![0];
  const behind = at + 1 + closers.length;
  const closed = /[)\]}]/.test(closers);
  const found: Found = { letter: option.letter, start: at, end: behind };
  const pointed = /[.:,;!-]/.test(text[behind] ?? '') ? behind + 1 : behind;
  const own = matchText(text, pointed, option);
  if (own !== undefined && wordsEnd(text, own)) return { ...found, end: own };
  if (closed) return found;
  const next = wordAt(text, pointed);
  const sameLine = next !== undefined && !text.slice(behind, next.start).includes('\n');
  if (sameLine && next.word === option.words[0]) return found; // "B Nitroglycerine spray"
  if (pointed > behind) {
    if (text[behind] === '.' && sameLine && (next.start === pointed || species.has(next.word))) return undefined; // "i.e.", "E. coli"
    return found;
  }
  const space = /^[ \t]{1,3}/.exec(text.slice(behind, behind + 3))?.[0].length ?? 0;
  return matchAt(FOLLOWS, text, behind + space) === null ? undefined : found; // "A 45-year-old man", "B cells"
}
