// Answers of a closed list without a sentence: "Regional", "2", "GERD because of …".
import { readThrough } from './fillers.ts';
import { firstLine, lastLine, leadEnd, readLine, withLinesBefore } from './lines.ts';
import { matchAt, type Reader, type Reading } from './reading.ts';

const ENDED = /[)\]}*_"'`]{0,6}(?:[.!](?=\s|$)|[ \t]{1,2}(?:because|since|as)\b)/y;

/** The last line alone; else the first line alone, or words that begin it and end there ("Regional. Two nodes …"). A number before a full stop begins a list, not an answer. A cut-off reply has no last line. */
export function readTermLines(text: string, read: Reader, truncated: boolean): (Reading & { readonly rule: string }) | undefined {
  const last = truncated ? undefined : readLine(lastLine(text), read);
  if (last !== undefined) return { ...withLinesBefore(text, last, read), rule: 'last line' };
  const opening = firstLine(text);
  const whole = opening.length < text.trim().length ? readLine(opening, read) : undefined;
  if (whole !== undefined && whole.keys.length === 1) return { ...whole, rule: 'first line' };
  const head = opening.slice(leadEnd(opening));
  const reading = readThrough(head, 0, read);
  return reading === undefined || /\d/.test(reading.text) || matchAt(ENDED, head, reading.end) === null ? undefined : { ...reading, rule: 'first line' };
}
