import { isNumber } from './words.ts';

/** Benchmark items whose stems have the same words; words are numbers of a vocabulary, 0 for none of it. */
export interface Stem {
  readonly words: Int32Array;
  /** The words with every number masked. */
  readonly masked: Int32Array;
  readonly text: readonly string[];
  /** How many of the words say what it is about. */
  readonly telling: number;
  /** calculated: the answer is a number. */
  readonly items: { readonly id: string; readonly options: readonly string[]; readonly calculated: boolean }[];
}

/** Words in a row that mark an overlap; an item with fewer of them has rules of its own. */
export const gramWords = 13;
const tellingMin = 2; // words without which a stem asks about nothing in particular: "Which is true?"
const optionsMin = 0.5; // share of an item's options that make up for them

export const isShort = ({ words }: Stem): boolean => words.length < gramWords;
/** Whether an item has no options that tell anything. */
export const isBare = ({ items }: Stem): boolean => items.some(({ options }) => options.length === 0);
export const idsOf = ({ items }: Stem): readonly string[] => items.map(({ id }) => id);

/** Whether a short stem with other options or none asks the same: its words tell what it is about and, as the right answer would, at least one option stayed; or half of the item's options did. */
export function asksTheSame({ telling }: Stem, item: readonly string[], question: readonly string[]): boolean {
  const shared = item.length === 0 ? 0 : item.filter((option) => question.includes(option)).length / item.length;
  return shared >= optionsMin || (telling >= tellingMin && (shared > 0 || item.length === 0 || question.length === 0));
}

/** Whether a question may be a calculation's: every number of it is there, as often. Other items are what they are with any numbers. */
export function hasNumbersOf({ text, items }: Stem, question: readonly string[]): boolean {
  if (!items.every(({ calculated }) => calculated)) return true;
  const left = new Map<string, number>();
  for (const word of question) if (isNumber(word)) left.set(word, (left.get(word) ?? 0) + 1);
  return text.filter(isNumber).every((word) => { const count = left.get(word) ?? 0; left.set(word, count - 1); return count > 0; });
}

/** The same options give the same text, in whatever order they stand. */
export const setOf = (options: readonly string[]): string => options.toSorted().join('\n');
export const sameInOrder = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((text, at) => text === b[at]);

export const maskedNumber = 1; // every number, where texts are compared as templates
export const maskedOf = (words: Int32Array, text: readonly string[]): Int32Array => words.map((word, at) => (isNumber(text[at]!) ? maskedNumber : word));
/** Whether all words are the same; an unknown one is like no other. */
export const sameWords = (a: Int32Array, b: Int32Array): boolean => a.length === b.length && a.every((word, at) => word !== 0 && word === b[at]);
