import type { QuestionRecord } from '@slowthink/records';
import { tellingWords } from './generic-words.ts';
import { wordsOf } from './words.ts';

/** A question as it is compared. */
export interface Parts {
  /** What is asked, without the options. */
  readonly stem: readonly string[];
  /** Every word: the turns before it, the stem, the options. */
  readonly whole: readonly string[];
  /** Place of the stem's first word in `whole`. */
  readonly stemFrom: number;
  /** The words of each option, joined by spaces, in the order of the question; [] where there are none, or where they tell nothing: yes, no and maybe, letters, "all of the above". */
  readonly options: readonly string[];
}

export type Asked = Pick<QuestionRecord, 'prompt' | 'gold'>;

/** The parts of a question. Its options are those that its gold knows, so the text is cut where they stand; which option is right is not looked at. */
export function partsOf({ prompt, gold }: Asked): Parts {
  const options = gold.kind === 'choice' ? gold.options.map(({ text }) => text) : gold.kind === 'text' ? gold.options : [];
  const { stem: text, cut } = withoutOptions(prompt.text, options);
  const [before, stem, offered] = [(prompt.history ?? []).flatMap(({ content }) => wordsOf(content)), wordsOf(withoutLabel(text)), options.map(wordsOf)];
  const keys = offered.map((words) => words.join(' '));
  return { stem, whole: [...before, ...stem, ...(cut ? offered.flat() : [])], stemFrom: before.length, options: offered.filter((words) => tellingWords(words) > 0).length < tellingMin ? [] : keys };
}

const tellingMin = 2; // options without a word of their own would make every yes-or-no question the same

/** The text without its options: from where the first stands to the end of the last, where all stand in their order behind a line break; else the whole text. */
function withoutOptions(text: string, options: readonly string[]): { readonly stem: string; readonly cut: boolean } {
  if (options.length === 0) return { stem: text, cut: false };
  const [first, ...rest] = options as [string, ...string[]];
  for (let at = text.lastIndexOf(first); at > 0; at = text.lastIndexOf(first, at - 1)) {
    const from = text.lastIndexOf('\n', at - 1);
    if (from < 0 || !marker.test(text.slice(from + 1, at))) continue;
    let to = at + first.length;
    for (const option of rest) {
      const next = text.indexOf(option, to);
      to = next < 0 || !marker.test(text.slice(text.lastIndexOf('\n', next - 1) + 1, next)) ? Infinity : next + option.length;
    }
    if (Number.isFinite(to)) return { stem: `${text.slice(0, from)}\n${text.slice(to)}`, cut: true };
  }
  return { stem: text, cut: false };
}

const marker = /^[ \t]*(?:\(?[A-Z][.):]|[-*•])?[ \t]*$/u; // "A. ", "(A) ", "- "

const withoutLabel = (text: string): string => text.replace(/^\s*(?:question|q)\s*:/iu, '');
