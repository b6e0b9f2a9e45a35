// Choice answers without a sentence: "C", "**D**", "C) Nitroglycerin because …".
import { firstLine, lastLine, leadEnd, readLine, withLinesBefore } from './lines.ts';
import type { Reader, Reading } from './reading.ts';

const MARKED_LINE = /(?:^|\n)[ \t*#>-]{0,6}(?:option |choice )?[([]?([A-Z])[)\].:]/gi;
const LEADING = /^[*_"'(["]{0,4}(?:option |choice )?[*_"'(["]{0,4}[A-Za-z](?:[)\]]|[*_"]{0,3}[.:,]|[*_"]{1,3}|\s(?:because|since|as)\b)/i;

const LISTS_ON = /^\s*[ *#>-]{0,6}(?:option |choice )?[([]?[A-Z][)\].:]/i;

/**
 * The answer of a reply that is an option and little else: its last line alone, or its beginning. A reply that goes through several marked options
 * ("A. … B. … C. …") is a list, not an answer, unless its last line is a letter alone. A cut-off reply has no last line.
 */
export function readChoiceLines(text: string, read: Reader, truncated: boolean): (Reading & { readonly rule: string }) | undefined {
  const marked = new Set<string>();
  for (const line of text.matchAll(MARKED_LINE)) marked.add(line[1]!.toUpperCase());
  const line = lastLine(text);
  const last = truncated ? undefined : readLine(line, read);
  if (last !== undefined && last.text.length === 1) return { ...withLinesBefore(text, last, read, (before) => before.text.length === 1), rule: 'last line' };
  if (last !== undefined && marked.size < 2) return { ...last, rule: 'last line' };
  const opening = firstLine(text);
  const whole = readLine(opening, read); // "B. Nitroglycerin", then a paragraph, then the other options one by one
  if (whole !== undefined && whole.keys.length === 1 && !LISTS_ON.test(text.trimStart().slice(opening.length, opening.length + 40))) return { ...whole, rule: 'first line' };
  const lead = leadEnd(opening);
  const head = opening.slice(lead);
  if (marked.size > 1 || !LEADING.test(head)) return undefined;
  const reading = read(head, /[A-Za-z]/.exec(head.replace(/^[*_"'(["]*(?:option|choice) /i, (word) => '-'.repeat(word.length)))!.index);
  return reading === undefined || reading.keys.length > 1 || (/^.:/.test(head) && !/[A-Z]/.test(head[0]!)) ? undefined : { ...reading, rule: 'first line' };
}
