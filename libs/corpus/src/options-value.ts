import { FaultError } from '@slowthink/faults';
import { parseOptions, type Option } from './options.ts';

const letterOf = (at: number): string => String.fromCharCode(65 + at);
const isLetter = (text: unknown): text is string => typeof text === 'string' && /^[A-Z]$/u.test(text);

/**
 * Options out of a value of their own: an array of texts, an object { A: text, ... }, an array of { letter | key | label, text | value }, an object { text: [...], label: [...] },
 * the same as JSON text, or lines "A. text". Empty entries at the end are no options; [] for an empty value. Throws QUESTION_ROW_INVALID for anything else.
 */
export function optionsOfValue(value: unknown, where: string): readonly Option[] {
  if (value === undefined || value === null || value === '') return [];
  const invalid = (what: string): FaultError => new FaultError('QUESTION_ROW_INVALID', `The options of the row on ${where} ${what}.`);
  const options = entriesOf(value, invalid).map(({ letter, text }, at): Option => ({ letter: letter ?? letterOf(at), text: text.trim() }));
  while (options.at(-1)?.text === '') options.pop();
  if (options.some(({ text }) => text === '')) throw invalid('hold an empty one before the last');
  if (options.length === 1 || options.length > 26) throw invalid(`are ${options.length}; 2 to 26 are wanted`);
  if (new Set(options.map(({ letter }) => letter)).size < options.length) throw invalid('use a letter twice');
  return options;
}

interface Entry { readonly letter?: string; readonly text: string }

function entriesOf(value: unknown, invalid: (what: string) => FaultError): readonly Entry[] {
  if (typeof value === 'string') return entriesOfText(value.trim(), invalid);
  if (Array.isArray(value)) return entriesOfArray(value, invalid);
  if (typeof value !== 'object' || value === null) throw invalid(`are a ${typeof value}`);
  const { text, label } = value as { text?: unknown; label?: unknown };
  if (Array.isArray(text) && Array.isArray(label)) return entriesOfArray(text.map((each, at) => ({ label: label[at], text: each })), invalid);
  const entries = Object.entries(value).filter(([, each]) => each !== null && each !== undefined);
  if (!entries.every(([letter]) => isLetter(letter))) throw invalid(`have the keys ${entries.map(([key]) => key).join(', ')}; letters A, B, ... are wanted`);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([letter, each]) => ({ letter, text: textOf(each, invalid) }));
}

function entriesOfText(value: string, invalid: (what: string) => FaultError): readonly Entry[] {
  if (value.startsWith('[') || value.startsWith('{')) {
    let parsed: unknown;
    try { parsed = JSON.parse(value); } catch (cause) { throw invalid(`are not JSON: ${(cause as Error).message}`); }
    return entriesOf(parsed, invalid);
  }
  const lines = parseOptions(value);
  if (lines.length === 0) throw invalid('are neither a JSON array or object nor lines "A. text"');
  return lines;
}

function entriesOfArray(values: readonly unknown[], invalid: (what: string) => FaultError): readonly Entry[] {
  const entries = values.map((each): Entry => {
    if (each === null || each === undefined) return { text: '' };
    if (typeof each !== 'object') return { text: textOf(each, invalid) };
    const { letter, key, label, text, value } = each as { [name: string]: unknown };
    const name = letter ?? key ?? label;
    return { ...(isLetter(name) ? { letter: name } : {}), text: textOf(text ?? value, invalid) };
  });
  const marked = entries.every(({ text, letter }, at) => letter === undefined && text.startsWith(`${letterOf(at)}. `));
  if (marked) return entries.map(({ text }) => ({ text: text.slice(3) }));
  return entries.every(({ letter }) => letter !== undefined) ? entries : entries.map(({ text }) => ({ text }));
}

function textOf(value: unknown, invalid: (what: string) => FaultError): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw invalid(`hold a value that is no text`);
}
