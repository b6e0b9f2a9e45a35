// Replies without a sentence: the last line is the answer and nothing else, or the first line begins with it.
import { readThrough } from './fillers.ts';
import { matchAt, type Reader, type Reading } from './reading.ts';

/** Marks before the answer on a line: bullets, "Step 4:", ": D", "Therefore,". */
const LEAD = /[\s*#>:_-]{0,8}(?:step \d{1,3}[\s*]{0,3}[:.][\s*]{0,4})?(?:(?:so|thus|therefore|hence|finally)[,:\s]{1,3})?/iy;
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

export const leadEnd = (line: string): number => matchAt(LEAD, line, 0)![0].length;
