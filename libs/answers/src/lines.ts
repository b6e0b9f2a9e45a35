// Replies without a sentence: the last line is the answer and nothing else, or the first line begins with it.
import { readThrough } from './fillers.ts';
import { matchAt, type Reader, type Reading } from './reading.ts';

/** Marks before the answer on a line: bullets, "Step 4:", ": D", "Therefore,", "It's". */
const LEAD = /[\s*#>:_-]{0,8}(?:step \d{1,3}[\s*]{0,3}[:.][\s*]{0,4})?(?:(?:so|thus|therefore|hence|finally)[,:\s]{1,3})?(?:(?:it's|it is|choose|pick|select) )?/iy;
const REST = /[\s.,!;)\]}*_"'`$\\]{0,12}$/y;
const ANSWER_MAX = 400; // longer lines are prose

/** An answer that is its whole line. */
export function readLine(line: string, read: Reader): Reading | undefined {
  if (line.length > ANSWER_MAX) return undefined;
  const whole = (at: number): Reading | undefined => {
    const reading = readThrough(line, at, read);
    return reading !== undefined && matchAt(REST, line, reading.end) !== null ? reading : undefined;
  };
  return whole(0) ?? whole(leadEnd(line)); // "> 81 dB" may be an option or a quoted line
}

/** The last line that is not blank; without line breaks. */
export const lastLine = (text: string): string => { const trimmed = text.trimEnd(); return trimmed.slice(trimmed.lastIndexOf('\n') + 1); };

/** The first line that is not blank. */
export function firstLine(text: string): string {
  const trimmed = text.trimStart();
  const end = trimmed.indexOf('\n');
  return end < 0 ? trimmed : trimmed.slice(0, end);
}

const LINES_MAX = 26;

/** "A\nB\nC": answers on lines of their own, one under the other, are several answers. */
export function withLinesBefore(text: string, last: Reading, read: Reader, counts: (reading: Reading) => boolean = () => true): Reading {
  const keys = new Set(last.keys);
  let rest = text.trimEnd();
  for (let count = 0; count < LINES_MAX; count++) {
    const end = rest.lastIndexOf('\n');
    if (end < 0) break;
    rest = rest.slice(0, end).trimEnd();
    const before = readLine(lastLine(rest), read);
    if (before === undefined || !counts(before)) break;
    for (const key of before.keys) keys.add(key);
  }
  return { ...last, keys: [...keys], right: keys.size === 1 && last.right };
}

export const leadEnd = (line: string): number => matchAt(LEAD, line, 0)![0].length;
