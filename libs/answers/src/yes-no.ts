// Reads yes, no or maybe. "no" is also an ordinary word ("no evidence"), so it counts only where its sentence could end.
import type { Gold } from '@slowthink/records';
import { readThrough, skipFillers } from './fillers.ts';
import { firstLine, lastLine, leadEnd, readLine } from './lines.ts';
import { AFTER_LETTER, matchAt, type Reader, type Reading, type Readers } from './reading.ts';

export type YesNoGold = Extract<Gold, { readonly kind: 'yes-no-maybe' }>;

const WORD = /(?:\(?[A-C][.):][ \t]{0,2})?(?:(yes|no|maybe)|(uncertain|inconclusive|unclear|perhaps)|(sí|oui|ja|sim|да|是的?|はい)|(nein|non|não|нет|否|不是|いいえ)|(quizás?|peut-être|vielleicht|talvez|可能))(?![\p{L}\p{N}]|[-'’][\p{L}\p{N}])/iuy;
const NO_ENDS = new RegExp(String.raw`[)\]}*_"'\x60$]{0,6}(?:$|[^\p{L}\p{N}\s.]|\.(?!\s?\d)|\s*\n|[ \t]{1,3}(?:$|[^\p{L}\p{N}\s]|(?:${AFTER_LETTER}|there|it|the|this)\b))`, 'uy');
const LIST = /[ \t]{0,2}(?:,[ \t]{0,2}(?:and\b|or\b)?|\/|(?:and\/or|or|and)\b)[ \t]{0,2}/iy;
const LISTED_MAX = 8; // a look is bounded: "no, no, no, …" has one turn of thought after the other
const LEADING = /^[*_"']{0,4}(?:yes|no|maybe)[*_"']{0,4}(?:[.,;:!–—-](?!\w)| [–—-] |$)/i;

/** Finds yes, no or maybe (also: uncertain, inconclusive, unclear, perhaps, and the words of a few other languages); "yes or no" is several answers. */
export function yesNoReaders(gold: YesNoGold): Readers {
  return {
    read: (text, at) => {
      const first = readWord(text, at);
      if (first === undefined) return undefined;
      const keys = [first.key];
      let end = first.end;
      for (let count = 1; count < LISTED_MAX; count++) {
        const link = matchAt(LIST, text, end);
        if (link === null) break;
        const next = readWord(text, skipFillers(text, end + link[0].length));
        if (next === undefined || keys.length > 2) break;
        if (!keys.includes(next.key)) keys.push(next.key);
        end = next.end;
      }
      return { keys, right: keys.length === 1 && keys[0] === gold.answer, text: text.slice(at, end), end };
    },
  };
}

function readWord(text: string, at: number): { readonly key: string; readonly end: number } | undefined {
  const word = matchAt(WORD, text, at);
  if (word === null) return undefined;
  const key = word[1]?.toLowerCase() ?? (word[3] !== undefined ? 'yes' : word[4] !== undefined ? 'no' : 'maybe');
  const end = at + word[0].length;
  return word[1]?.toLowerCase() === 'no' && matchAt(NO_ENDS, text, end) === null && matchAt(LIST, text, end) === null ? undefined : { key, end };
}

/** The answer of a reply without a statement: its last line alone, or its first word ("Yes, because …"). */
export function readYesNoLines(text: string, read: Reader, truncated: boolean): (Reading & { readonly rule: string }) | undefined {
  const last = truncated ? undefined : readLine(lastLine(text), read);
  if (last !== undefined) return { ...last, rule: 'last line' };
  const opening = firstLine(text);
  const head = opening.slice(leadEnd(opening));
  if (!LEADING.test(head)) return undefined;
  const reading = readThrough(head, 0, read);
  return reading === undefined ? undefined : { ...reading, rule: 'first line' };
}
