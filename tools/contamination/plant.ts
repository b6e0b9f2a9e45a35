// Leaks that are planted on purpose: a benchmark item, changed as a training set might have changed it.
import { renderOptions } from '@slowthink/corpus';
import { hashSeed, type QuestionRecord } from '@slowthink/records';

type Option = Extract<QuestionRecord['gold'], { kind: 'choice' }>['options'][number];

/** What is needed to change an item: itself, others of its set to borrow words and options from, and questions of another set to stand around it. */
export interface Planting { readonly item: QuestionRecord; readonly others: readonly QuestionRecord[]; readonly elsewhere: readonly QuestionRecord[]; readonly seed: number }

/** undefined: the item cannot be changed in this way. */
export type Plant = (planting: Planting) => QuestionRecord | undefined;

/** A seeded choice: the same for the same item, way and place. */
const pick = <Value>(values: readonly Value[], ...seed: readonly unknown[]): Value => values[hashSeed(...seed) % values.length]!;
const ordered = <Value>(values: readonly Value[], ...seed: readonly unknown[]): readonly Value[] => values.map((value, at) => ({ value, key: hashSeed(...seed, at) })).toSorted((a, b) => a.key - b.key).map(({ value }) => value);

const optionsOf = ({ gold }: QuestionRecord): readonly Option[] => (gold.kind === 'choice' ? gold.options : []);

/** The text before the options. */
export function stemOf(item: QuestionRecord): string {
  const [first] = optionsOf(item);
  const at = first === undefined ? -1 : item.prompt.text.lastIndexOf(`\n${first.letter}. ${first.text}`);
  return at < 0 ? item.prompt.text : item.prompt.text.slice(0, at);
}

const withId = (item: QuestionRecord, prompt: string, gold = item.gold): QuestionRecord => ({ ...item, id: `planted/train/${item.id}`, dataset: 'planted', split: 'train', role: 'train', prompt: { text: prompt }, gold });

function withOptions(item: QuestionRecord, stem: string, texts: readonly string[]): QuestionRecord {
  if (item.gold.kind !== 'choice' || texts.length === 0) return withId(item, stem);
  const { gold } = item;
  const options = texts.map((text, at) => ({ letter: String.fromCharCode(65 + at), text }));
  const right = gold.options.find(({ letter }) => letter === gold.answer)!.text;
  return withId(item, `${stem}\n${renderOptions(options)}`, { ...gold, options, answer: options.find(({ text }) => text === right)?.letter ?? 'A' });
}

const isYesNo = (item: QuestionRecord): boolean => optionsOf(item).every(({ text }) => /^(?:yes|no|maybe)$/iu.test(text.trim()));

const asked: QuestionRecord['gold'] = { kind: 'open', answer: '' }; // without options

const wordsOf = (text: string): readonly string[] => text.split(/\s+/u).filter((word) => word !== '');

/** Some words of the stem, none of them a number, each replaced by a word of another item. */
const changeWords = (count: number): Plant => ({ item, others, seed }) => {
  const parts = stemOf(item).split(/(\s+)/u);
  const places = ordered([...parts.keys()].filter((at) => /^[a-z]{4,}$/iu.test(parts[at]!)), seed, 'place').slice(0, count);
  if (places.length < count) return undefined;
  const pool = wordsOf(stemOf(pick(others, seed, 'other'))).filter((word) => /^[a-z]{4,}$/iu.test(word));
  if (pool.length === 0) return undefined;
  const stem = parts.map((part, at) => (places.includes(at) ? pick(pool.filter((word) => word.toLowerCase() !== part.toLowerCase()), seed, 'word', at) ?? 'otherwise' : part)).join('');
  return withOptions(item, stem, optionsOf(item).map(({ text }) => text));
};

/** The ways to plant, by name, each with what it stands for. */
export const plants: { readonly [way: string]: Plant } = {
  'verbatim, other typography': ({ item }) => withOptions(item, stemOf(item).replaceAll("'", '’').replaceAll(' ', '  ').replaceAll('-', '‑').toUpperCase(), optionsOf(item).map(({ text }) => `${text.toLowerCase().replace(/\.$/u, '')}.`)),
  'options re-ordered': ({ item, seed }) => {
    const texts = optionsOf(item).map(({ text }) => text);
    const other = ordered(texts, seed);
    return isYesNo(item) || texts.length < 2 ? undefined : withOptions(item, stemOf(item), other.every((text, at) => text === texts[at]) ? [...texts.slice(1), texts[0]!] : other);
  },
  'options dropped': ({ item }) => (optionsOf(item).length === 0 ? undefined : withId(item, stemOf(item), asked)),
  'half of the options others': ({ item, others, seed }) => {
    if (isYesNo(item) || item.gold.kind !== 'choice' || item.gold.options.length < 3) return undefined;
    const { answer, options } = item.gold;
    const right = options.find(({ letter }) => letter === answer)!;
    const kept = new Set([right, ...ordered(options.filter((option) => option !== right), seed, 'kept')].slice(0, Math.ceil(options.length / 2)));
    return withOptions(item, stemOf(item), options.map((option, at) => (kept.has(option) ? option.text : pick(optionsOf(pick(others, seed, 'other', at)), seed, 'text', at)?.text ?? 'another')));
  },
  'numbers changed': ({ item, seed }) => {
    const stem = stemOf(item);
    const changed = stem.replace(/(?<![\p{L}\d.,])\d+(?:\.\d+)?(?![\d.,]*\d)/gu, (number, at: number) => String(Number(number) + 1 + (hashSeed(seed, at) % 9)));
    return changed === stem ? undefined : withOptions(item, changed, optionsOf(item).map(({ text }) => text));
  },
  'one word changed': changeWords(1),
  'two words changed': changeWords(2),
  'stem inside a longer text': ({ item, elsewhere, seed }) => {
    const around = (side: string): string => wordsOf([0, 1, 2, 3, 4, 5, 6, 7].map((at) => stemOf(pick(elsewhere, seed, side, at))).join(' ')).slice(0, 60).join(' ');
    return withId(item, `${around('before')} ${stemOf(item)} ${around('after')}`, asked);
  },
};
