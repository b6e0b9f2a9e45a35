import { FaultError } from '@slowthink/faults';
import { parseOptions } from './options.ts';
import { plainWords } from './plain-words.ts';

/** A class that goes by a digit, with its words. */
export interface DigitClass { readonly digit: string; readonly text: string }

/**
 * The answers that a question allows, out of a value of their own: an array of texts, an object's values, the same as JSON text, or a text with one a line or "|" between them; [] for an empty value.
 * Throws QUESTION_ROW_INVALID for anything else, and for a single one.
 */
export function textsOfValue(value: unknown, where: string): readonly string[] {
  const texts = entriesOf(value, where).map(({ text }) => text);
  if (texts.length === 1) throw new FaultError('QUESTION_ROW_INVALID', `The options of the row on ${where} are 1; at least 2 are wanted.`);
  return texts;
}

/** The classes out of a value of their own: { "0": "false", "1": "mixture" }, texts in the order of their digits from 0 on, or texts "0: false"; [] for an empty value. Throws QUESTION_ROW_INVALID. */
export function classesOfValue(value: unknown, where: string): readonly DigitClass[] {
  const classes = entriesOf(value, where).map(({ name, text }, at): DigitClass => {
    const marked = /^(\d)(?:\s*[:=.)–-]\s*(.*))?$/su.exec(text);
    if (name !== undefined && /^\d$/u.test(name) && marked === null) return { digit: name, text };
    return marked === null ? { digit: String(at), text } : { digit: marked[1]!, text: marked[2] ?? '' };
  });
  if (classes.length === 1 || classes.length > 10 || new Set(classes.map(({ digit }) => digit)).size < classes.length) throw new FaultError('QUESTION_ROW_INVALID', `The options of the row on ${where} are no classes: 2 to 10 are wanted, each with a digit of its own.`);
  return classes;
}

/** Other wordings of the right answer: an array, JSON text of one, or a text with one a line or "|" between them. */
export const alternativesOfValue = (value: unknown, where: string): readonly string[] => entriesOf(value, where).map(({ text }) => text);

interface Entry { readonly name?: string; readonly text: string }

function entriesOf(value: unknown, where: string): readonly Entry[] {
  if (value === undefined || value === null || value === '') return [];
  if (typeof value === 'string') return entriesOfText(value.trim(), where);
  if (typeof value !== 'object') throw new FaultError('QUESTION_ROW_INVALID', `A list of the row on ${where} is a ${typeof value}; texts are wanted.`);
  const entries = Array.isArray(value) ? value.map((each) => entryOf(each, where)) : Object.entries(value).map(([name, each]) => ({ ...entryOf(each, where), name }));
  return entries.filter(({ text }) => text !== '');
}

function entriesOfText(text: string, where: string): readonly Entry[] {
  if (/^[[{]/u.test(text)) {
    let parsed: unknown;
    try { parsed = JSON.parse(text); } catch { parsed = undefined; }
    if (parsed !== undefined) return entriesOf(parsed, where);
  }
  return text.split(/\n|\|/u).map((each) => ({ text: each.trim() })).filter((each) => each.text !== '');
}

function entryOf(value: unknown, where: string): Entry {
  if (value === null || value === undefined) return { text: '' };
  if (typeof value !== 'object') return { text: String(value).trim() };
  const { digit, label, key, name, text, value: own } = value as { [field: string]: unknown };
  const said = text ?? own ?? name;
  if (typeof said !== 'string' && typeof said !== 'number') throw new FaultError('QUESTION_ROW_INVALID', `A list of the row on ${where} holds a value that is no text.`);
  const short = digit ?? label ?? key;
  return { ...(short === undefined ? {} : { name: String(short) }), text: String(said).trim() };
}

const bullet = /^[ \t]*(?:[-*•]|\d{1,3}[.)])[ \t]+(.+?)[ \t]*$/gmu;

/**
 * The list of answers in the text of a question that holds `answer`: lettered or bulleted lines, or names between commas or in quotation marks behind a colon or in brackets ("one of the following diseases: GERD, Pneumonia, URTI").
 * Of several the longest; [] when no list holds the answer.
 */
export function textsOfPrompt(prompt: string, answer: string): readonly string[] {
  const lists: (readonly string[])[] = [parseOptions(prompt).map(({ text }) => text), [...prompt.matchAll(bullet)].map((match) => match[1]!)];
  for (const match of prompt.matchAll(/:[ \t]*([^\n:]+)|[[{]([^\n[\]{}]+)[\]}]/gu)) lists.push(itemsOf(match[1] ?? match[2]!));
  const holding = lists.filter((list) => list.length > 1 && list.some((each) => plainWords(each) === plainWords(answer)));
  return holding.reduce<readonly string[]>((best, list) => (list.length > best.length ? list : best), []);
}

const quotedItem = /[\s,;[]*(?:"([^"\n]*)"|'([^'\n]*)'(?!\p{L})|“([^”\n]*)”)/uy;

/** Items in quotation marks, as Python prints a list, whatever stands between two of them (a comma inside one parts nothing, a missing comma joins nothing); else what stands between commas. */
function itemsOf(text: string): readonly string[] {
  const quoted: string[] = [];
  for (let at = 0, match: RegExpExecArray | null; (quotedItem.lastIndex = at, match = quotedItem.exec(text)) !== null; at += match[0].length) quoted.push((match[1] ?? match[2] ?? match[3]!).trim());
  return quoted.length > 1 ? quoted.filter((each) => each !== '') : listedItems(text);
}

const listedItems = (text: string): readonly string[] => text.replace(/[.\s]+$/u, '').replace(/^\[|\]$/gu, '').split(/[,;|]/u).map((each) => each.trim().replace(/^(?:and|or)\s+/iu, '').replace(/^["'“‘`](.*)["'”’`]$/u, '$1').trim()).filter((each) => each !== '');

const classPair = /(?<![\p{L}\p{N}.])["'“(]?(\d)["'”)]?\s*(?:=|:|–|-|\bmeans\b|\bfor\b|\bif(?: it is)?\b|\()\s*["'“]?(\p{L}[\p{L} -]{0,40}\p{L})/gu;

/** The classes that the text of a question explains ("0 for false, 1 for mixture, 2 for true"); [] when it explains fewer than two, one twice in other words, or not the right one. */
export function classesOfPrompt(prompt: string, answer: string): readonly DigitClass[] {
  const classes = new Map<string, string>();
  for (const [, digit, text] of prompt.matchAll(classPair)) {
    const words = text!.trim().replace(/\s+(?:and|or)$/u, '');
    if (classes.has(digit!) && plainWords(classes.get(digit!)!) !== plainWords(words)) return [];
    classes.set(digit!, words);
  }
  return classes.size > 1 && classes.has(answer) ? [...classes].map(([digit, text]) => ({ digit, text })).toSorted((a, b) => Number(a.digit) - Number(b.digit)) : [];
}
