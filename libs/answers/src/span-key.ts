// What a span of words is compared by: quantities as value and unit, words in lower case, and nothing that changes no dose.
import { readNumeral } from './numeral.ts';
import { wordAt } from './option-text.ts';
import { matchAt } from './reading.ts';
import { readUnit, type Unit } from './unit.ts';

/** A word, or a quantity: one number or the two ends of a range. A ratio ("120/80") and a date ("03/15/2021") are words: they are no numbers. */
export type SpanItem = { readonly word: string } | { readonly values: readonly number[]; readonly unit?: Unit };

const MARKUP = /(?<![\p{L}\p{N}])[_*`$]{1,8}|[_*`$]{1,8}(?![\p{L}\p{N}])/gu;
const RATIO = /(\d{1,9})[ ]?\/[ ]?(\d{1,9})(?![\d/]|[.,]\d)/y;
const DATE = /(\d{1,2})\/(\d{1,2})\/(\d{4})(?![\d/])/y;
const RANGE = /[ \t]?(?:-|–|—|to\b)[ \t]?(?=[\d.])/y;
const NUMBER_WORD = /(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|zero)\b/iy;
const ARTICLES: ReadonlySet<string> = new Set(['a', 'an', 'the']);
const CARRIERS: ReadonlySet<string> = new Set(['dose', 'doses', 'dosage', 'total', 'only']); // "a total dose of only 600 mg" is 600 mg, "high-dose" is high
const TWICE = /\b(?:(?:twice|two times|2 times) (?:a|per|each|every) day|b\.?i\.?d\b\.?)/gi;
const THRICE = /\b(?:(?:three|3) times (?:a|per|each|every) day|thrice daily|t\.?i\.?d\b\.?)/gi;

/** The items of a span of tidy text, in order. Linear. */
export function spanItems(span: string): readonly SpanItem[] {
  const text = span.replace(MARKUP, ' ').replace(/\s+/g, ' ').replace(TWICE, 'twice daily').replace(THRICE, 'three times daily').replace(/(?<=\p{L})'s\b/gu, '');
  const items: SpanItem[] = [];
  for (let here = 0; here < text.length;) {
    const quantity = quantityAt(text, here);
    if (quantity !== undefined) { items.push(quantity.item); here = quantity.end; continue; }
    const word = wordAt(text, here);
    if (word === undefined) { here += 1; continue; }
    const before = word.start === here ? undefined : quantityAt(text, word.start); // behind a bracket or another mark
    if (before !== undefined) { items.push(before.item); here = before.end; continue; }
    items.push({ word: word.word });
    here = word.end;
  }
  return withoutCarriers(items);
}

/** "5 mg", "125-500 mg/d", "50 mg twice daily", "high": equal for spans that say the same dose in other words or units. */
export const spanKey = (items: readonly SpanItem[]): string => items.map((item) => ('word' in item ? item.word : quantityText(item))).join(' ');

function quantityAt(text: string, at: number): { readonly item: SpanItem; readonly end: number } | undefined {
  if (!/[\d.]/.test(text[at] ?? '') && matchAt(NUMBER_WORD, text, at) === null) return undefined;
  if (at > 0 && /[\p{L}\p{N}]/u.test(text[at - 1]!)) return undefined;
  const date = matchAt(DATE, text, at);
  if (date !== null) return { item: { word: `${Number(date[1])}/${Number(date[2])}/${date[3]}` }, end: at + date[0].length };
  const ratio = matchAt(RATIO, text, at);
  if (ratio !== null && Number(ratio[1]) >= Number(ratio[2])) return { item: { word: `${ratio[1]}/${ratio[2]}` }, end: at + ratio[0].length };
  const first = readNumeral(text, at);
  if (first === undefined || /^[\p{L}]-/u.test(text.slice(first.end, first.end + 2))) return undefined;
  const own = readUnit(text, first.end);
  const link = matchAt(RANGE, text, own?.end ?? first.end);
  const second = link === null ? undefined : readNumeral(text, (own?.end ?? first.end) + link[0].length);
  if (second === undefined) return { item: { values: [first.value], ...(own === undefined ? {} : { unit: own.unit }) }, end: own?.end ?? first.end };
  const unit = readUnit(text, second.end);
  return { item: { values: [first.value, second.value], ...(unit === undefined ? {} : { unit: unit.unit }) }, end: unit?.end ?? second.end };
}

function withoutCarriers(items: readonly SpanItem[]): readonly SpanItem[] {
  const kept: SpanItem[] = [];
  let carried = false;
  for (const item of items) {
    const word = 'word' in item ? item.word : undefined;
    if (word !== undefined && CARRIERS.has(word)) { carried = true; continue; }
    if (word !== undefined && (ARTICLES.has(word) || (carried && word === 'of'))) continue;
    carried = false;
    kept.push(item);
  }
  return kept.length > 0 ? kept : items;
}

const prefixes: { readonly [base: string]: readonly (readonly [name: string, factor: number])[] } = { g: [['g', 1], ['mg', 1e-3], ['mcg', 1e-6], ['ng', 1e-9]], L: [['L', 1], ['mL', 1e-3], ['mcL', 1e-6]] };
const belows: { readonly [base: string]: readonly [name: string, factor: number] } = { g: ['kg', 1000], h: ['d', 24] };

/** In base units but for readable prefixes: mass and volume as g, mg, mcg; below the line kg and d. So 0.005 g and 5 mg are one. */
function quantityText({ values, unit }: { readonly values: readonly number[]; readonly unit?: Unit }): string {
  if (unit === undefined) return values.map(plain).join('-');
  const [over = '', under = ''] = unit.dimension.split('/');
  const below = under === '' ? [] : under.split(' ').map((base) => belows[base] ?? ([base, 1] as const));
  const factor = below.reduce((product, [, each]) => product * each, 1);
  const bases = values.map((value) => (value * unit.factor + unit.offset) * factor);
  const largest = Math.max(...bases.map(Math.abs));
  const steps = prefixes[over] ?? [[over, 1] as const];
  const [name, size] = steps.find(([, each]) => largest >= each * (1 - 1e-9)) ?? steps.at(-1)!;
  return `${bases.map((value) => plain(value / size)).join('-')} ${name}${below.length === 0 ? '' : `/${below.map(([each]) => each).toSorted().join('/')}`}`.trim();
}

const plain = (value: number): string => String(Number(value.toPrecision(12)) + 0);
