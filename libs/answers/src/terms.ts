// Answers out of a closed list of words: options without letters, class words, names of diseases. The words of one term, all of them and no others.
import { readList, LIST } from './listed.ts';
import { skipFillers } from './fillers.ts';
import { wordAt, wordsEnd, wordsOf } from './option-text.ts';
import { matchAt, type Reader } from './reading.ts';

/** A term and every wording of it. */
export interface Term { readonly key: string; readonly wordings: readonly string[] }

interface Branch { readonly next: Map<string, Branch>; key?: string | undefined; shared?: boolean }
interface Found { readonly key: string; readonly start: number; readonly end: number }

const ARTICLE = /[ \t"'*_:(–—-]{0,6}(?:the|an?)[ \t]{1,3}(?=\S)/iy;
const GLOSS = /[ \t]{0,2}\(/y;
const LISTED_MAX = 26;

/** Finds terms by a walk word by word: the cost of a look does not depend on how many terms there are. The longest wording wins; a wording of two terms names neither. */
export function termReader(terms: readonly Term[], rightKey: string): Reader {
  const root = grow(terms);
  const one = (text: string, at: number): Found | undefined => {
    const longest = walk(root, text, at, (end) => { // "surgery or radiotherapy", both terms
      const link = matchAt(LIST, text, end);
      return link !== null && walk(root, text, skipFillers(text, end + link[0].length), () => false) !== undefined;
    });
    const open = longest === undefined ? null : matchAt(GLOSS, text, longest.end);
    const gloss = longest === undefined || open === null ? undefined : walk(root, text, longest.end + open[0].length, () => false);
    return longest !== undefined && gloss?.key === longest.key && text[gloss.end] === ')' ? { ...longest, end: gloss.end + 1 } : longest; // "GERD (gastroesophageal reflux disease)"
  };
  return (text, at) => {
    const found = readList(text, at, LISTED_MAX, one);
    if (found.length === 0) return undefined;
    const keys = [...new Set(found.map(({ key }) => key))];
    const end = found.at(-1)!.end;
    return { keys, right: keys.length === 1 && keys[0] === rightKey, text: text.slice(found[0]!.start, end).trim(), end };
  };
}

function grow(terms: readonly Term[]): Branch {
  const root: Branch = { next: new Map() };
  for (const { key, wordings } of terms) {
    for (const wording of wordings) {
      let branch = root;
      for (const word of wordsOf(wording)) {
        const next = branch.next.get(word) ?? { next: new Map<string, Branch>() };
        branch.next.set(word, next);
        branch = next;
      }
      if (branch === root) continue;
      if (branch.key !== undefined && branch.key !== key) branch.shared = true;
      branch.key ??= key;
    }
  }
  return root;
}

function walk(root: Branch, text: string, at: number, listed: (end: number) => boolean): Found | undefined {
  const article = matchAt(ARTICLE, text, at)?.[0].length ?? 0;
  let [branch, here]: [Branch | undefined, number] = [root, at + article];
  let found: Found | undefined;
  for (;;) {
    const word = wordAt(text, here);
    branch = word === undefined ? undefined : branch.next.get(word.word);
    if (branch === undefined || word === undefined) return found;
    here = word.end;
    if (branch.key === undefined) continue;
    if (!wordsEnd(text, here) && !listed(here)) continue;
    found = branch.shared === true ? undefined : { key: branch.key, start: at, end: here };
  }
}
