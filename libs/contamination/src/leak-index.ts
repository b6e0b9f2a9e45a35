// Benchmark items, so indexed that training questions can stream by: which of them does a question overlap, and how?
//
// Practice followed: a 13-gram of lower-case words without punctuation marks an overlap (GPT-3, arXiv 2005.14165, appendix C; lm-evaluation-harness, docs/decontamination.md and scripts/clean_training_data/janitor.py);
// the overlap is then measured as a share of the benchmark item, as Cosmopedia does (huggingface/cosmopedia, decontamination/README.md: 10-grams, then more than half of the item), since a sentence that every examination uses is no leak.
// What 13-grams cannot see has a rule of its own: items below 13 words, options in another order, other numbers, one or two other words. docs/contamination.md measures all of them.
import type { QuestionRecord } from '@slowthink/records';
import { tellingWords } from './generic-words.ts';
import { GramIndex, hashOf, type Run } from './gram-index.ts';
import { leakKinds, type LeakKind } from './kinds.ts';
import { partsOf, type Asked, type Parts } from './parts.ts';
import { sharedInOrder } from './shared-words.ts';
import { asksTheSame, gramWords, hasNumbersOf, idsOf, isBare, isShort, maskedNumber, maskedOf, sameInOrder, sameWords, setOf, type Stem } from './stem.ts';

export interface LeakRules {
  /** Kinds that are looked for. */
  readonly kinds: readonly LeakKind[];
  /** Share of an item's words that runs of 13 words must cover, 0..1; 0: one run is enough, as GPT-3 had it. */
  readonly shareMin: number;
}

/** Every kind, and a third of an item: below it no pair of the real files that shared 13 words was a leak (docs/contamination.md). */
export const leakRules: LeakRules = { kinds: leakKinds, shareMin: 0.33 };

/** What a question shares with benchmark items. */
export interface Leak {
  readonly kind: LeakKind;
  /** The items it overlaps, the first in this way; the others in the order of their kinds and shares. */
  readonly items: readonly string[];
  /** Of the words of the first item's stem, those that the question has too, 0..1: in the same order, or, for a 13-gram, in runs of 13 and more. */
  readonly share: number;
  /** The shared words, in their normal form. */
  readonly words: readonly string[];
}

const shortGram = 5; // an item below 13 words is found in a longer text by runs of 5
const commonMax = 10; // items with a gram above which it is a formula of the trade (GPT-3: documents), or above a fifth of them all: the instruction of a small set
const tellingMin = 3; // words without which a run, or a short stem inside a text, is about nothing in particular: "Which of the following is true?"
const similarMin = 0.7; // share of words in order: same options
const nearMin = 0.85; // without options, and at most editsMax other words
const editsMax = 2;
const nearWords = 8;

const firstWord = maskedNumber + 1; // of the vocabulary

interface Match { readonly kind: LeakKind; readonly stem: number; readonly items: readonly string[]; readonly share: number; readonly from: number; readonly length: number; readonly inStem: boolean }

type Item = Asked & Pick<QuestionRecord, 'id'>;

/** Items that can be looked up by a question. Memory: some numbers a word of the items (5,979 medical items: 71 MB); the questions that are looked at leave nothing. The order of the items changes nothing but which of those that overlap equally comes first. */
export class LeakIndex {
  readonly #rules: LeakRules;
  readonly #vocabulary = new Map<string, number>();
  readonly #stems: Stem[] = [];
  readonly #byWords = new Map<number, number[]>(); // hash of the words -> indexes of stems
  readonly #byTemplate = new Map<number, number[]>(); // of the masked words, of stems with a number
  readonly #byOptions = new Map<string, number[]>(); // sorted options -> indexes of stems
  readonly #grams: GramIndex;
  readonly #templates: GramIndex;
  readonly #short: GramIndex;

  constructor(items: Iterable<Item>, rules: Partial<LeakRules> = {}) {
    this.#rules = { ...leakRules, ...rules };
    for (const item of items) this.#add(item.id, partsOf(item), item.gold.kind === 'number');
    const stems = this.#stems;
    for (const [options, indexes] of this.#byOptions) if (indexes.length > commonMax) this.#byOptions.delete(options);
    const hasNumber = (text: Int32Array, at: number): boolean => text.subarray(at, at + gramWords).includes(maskedNumber);
    const common = Math.min(commonMax, Math.max(1, Math.floor(stems.length / 5)));
    const only = (wanted: (stem: Stem) => boolean, text: (stem: Stem) => Int32Array): readonly Int32Array[] => stems.map((stem) => (wanted(stem) ? text(stem) : new Int32Array()));
    this.#grams = new GramIndex(stems.map(({ words }) => words), gramWords, common);
    this.#templates = new GramIndex(only(({ masked }) => masked.includes(maskedNumber), ({ masked }) => masked), gramWords, common, hasNumber);
    this.#short = new GramIndex(only((stem) => isShort(stem) || isBare(stem), ({ words }) => words), shortGram, common);
  }

  /** The plainest overlap of a question with any item; undefined for none. The question's place in its file, its id and its gold but the options' texts change nothing. */
  look(question: Asked): Leak | undefined {
    const parts = partsOf(question);
    const whole = this.#read(parts.whole);
    const stem = whole.subarray(parts.stemFrom, parts.stemFrom + parts.stem.length);
    const matches = [...this.#sameStem(stem, parts), ...this.#otherNumbers(stem, parts), ...this.#runs(whole, parts), ...this.#otherWords(stem, parts)].filter(({ kind }) => this.#rules.kinds.includes(kind));
    if (matches.length === 0) return undefined;
    const rank = ({ kind, share }: Match): number => leakKinds.indexOf(kind === '13-gram' && share === 1 ? 'options re-ordered' : kind); // the whole item is nearer than its template
    const best = matches.toSorted((a, b) => rank(a) - rank(b) || b.share - a.share || a.stem - b.stem);
    const { kind, share, from, length, inStem } = best[0]!;
    return { kind, items: [...new Set(best.flatMap(({ items }) => items))], share, words: (inStem ? parts.stem : parts.whole).slice(from, from + length) };
  }

  #add(id: string, { stem, options }: Parts, calculated: boolean): void {
    if (stem.length === 0) return;
    const words = this.#read(stem, true);
    const same = this.#same(words);
    const index = same ?? this.#stems.length;
    if (same === undefined) {
      const masked = maskedOf(words, stem);
      this.#stems.push({ words, masked, text: stem, telling: tellingWords(stem), items: [] });
      put(this.#byWords, hashOf(words), index);
      if (masked.includes(maskedNumber)) put(this.#byTemplate, hashOf(masked), index);
    }
    this.#stems[index]!.items.push({ id, options, calculated });
    if (options.length > 0) put(this.#byOptions, setOf(options), index);
  }

  #read(words: readonly string[], learn = false): Int32Array {
    return Int32Array.from(words, (word) => {
      let known = this.#vocabulary.get(word);
      if (known === undefined && learn) this.#vocabulary.set(word, known = this.#vocabulary.size + firstWord);
      return known ?? 0;
    });
  }

  #same(words: Int32Array): number | undefined { return this.#byWords.get(hashOf(words))?.find((index) => sameWords(this.#stems[index]!.words, words)); }

  /** The whole stem is an item's. */
  *#sameStem(words: Int32Array, { options }: Parts): Generator<Match> {
    const index = words.length === 0 ? undefined : this.#same(words);
    if (index === undefined) return;
    const stem = this.#stems[index]!;
    const whole = { stem: index, share: 1, from: 0, length: words.length, inStem: true } as const;
    for (const item of stem.items) {
      const found = { ...whole, items: [item.id] };
      if (sameInOrder(item.options, options)) yield { kind: 'verbatim', ...found };
      else if (item.options.length === options.length && setOf(item.options) === setOf(options)) yield { kind: 'options re-ordered', ...found };
      else if (!isShort(stem)) yield { kind: '13-gram', ...found };
      else if (asksTheSame(stem, item.options, options)) yield { kind: 'short', ...found };
    }
  }

  /** The stem is an item's but for the numbers. */
  *#otherNumbers(words: Int32Array, { stem: text }: Parts): Generator<Match> {
    const masked = maskedOf(words, text);
    if (!masked.includes(maskedNumber)) return;
    for (const index of this.#byTemplate.get(hashOf(masked)) ?? []) {
      const stem = this.#stems[index]!;
      if (stem.telling >= tellingMin && sameWords(stem.masked, masked) && !sameWords(stem.words, words)) yield { kind: 'numbers changed', stem: index, items: idsOf(stem), share: 1, from: 0, length: words.length, inStem: true };
    }
  }

  /** Runs of an item's words anywhere in the question. */
  *#runs(words: Int32Array, { stem: stemText, whole: text, options }: Parts): Generator<Match> {
    const matchOf = (kind: LeakKind, grams: GramIndex, index: number, runs: readonly Run[]): Match => {
      const longest = runs.reduce((a, b) => (b.length > a.length ? b : a));
      return { kind, stem: index, items: idsOf(this.#stems[index]!), share: grams.share(index, runs), from: longest.from, length: longest.length, inStem: false };
    };
    for (const [index, all] of this.#grams.runs(words)) {
      const stem = this.#stems[index]!;
      const runs = all.filter(({ at, length }) => length === stem.words.length || tellingWords(stem.text.slice(at, at + length)) >= tellingMin); // the frame of a question is no leak
      if (runs.length === 0) continue;
      const match = matchOf(hasNumbersOf(stem, text) ? '13-gram' : 'numbers changed', this.#grams, index, runs);
      if (match.share >= this.#rules.shareMin || (stemText.length >= gramWords && match.length >= stemText.length)) yield match; // much of the item, or all of the question
    }
    for (const [index, runs] of this.#short.runs(words)) {
      const stem = this.#stems[index]!;
      const match = matchOf('short', this.#short, index, runs);
      if (!isShort(stem) || match.length < stem.words.length || stem.telling < tellingMin) continue;
      const asked = stem.items.filter((item) => asksTheSame(stem, item.options, options));
      if (asked.length > 0) yield { ...match, items: asked.map(({ id }) => id) };
    }
    const masked = maskedOf(words, text);
    if (!masked.includes(maskedNumber)) return;
    for (const [index, runs] of this.#templates.runs(masked)) {
      const match = matchOf('numbers changed', this.#templates, index, runs);
      const stem = this.#stems[index]!;
      if (stem.telling >= tellingMin && match.length === stem.words.length && !sameWords(stem.words, words.subarray(match.from, match.from + match.length))) yield match;
    }
  }

  /** Nearly an item's words: with the same options, or as a question that has none. */
  *#otherWords(words: Int32Array, { stem: text, options }: Parts): Generator<Match> {
    const near = (index: number, least: number, edits: number): Match | undefined => {
      const stem = this.#stems[index]!;
      const longer = Math.max(stem.words.length, words.length);
      const shared = sharedInOrder(stem.words, words);
      return shared / longer < least || longer - shared > edits || sameWords(stem.words, words) || !hasNumbersOf(stem, text) ? undefined : { kind: 'words changed', stem: index, items: idsOf(stem), share: shared / stem.words.length, from: 0, length: words.length, inStem: true };
    };
    for (const index of options.length === 0 ? [] : this.#byOptions.get(setOf(options)) ?? []) {
      const match = near(index, similarMin, Infinity);
      if (match) yield { ...match, items: this.#stems[index]!.items.filter((item) => setOf(item.options) === setOf(options)).map(({ id }) => id) };
    }
    if (options.length > 0 || words.length < nearWords) return;
    for (const [index] of this.#short.runs(words)) {
      const stem = this.#stems[index]!;
      const match = isBare(stem) && stem.words.length >= nearWords && stem.telling >= tellingMin ? near(index, nearMin, editsMax) : undefined;
      if (match) yield match;
    }
  }
}

function put<Key>(map: Map<Key, number[]>, key: Key, index: number): void {
  const indexes = map.get(key);
  if (indexes === undefined) map.set(key, [index]); else if (indexes.at(-1) !== index) indexes.push(index);
}
