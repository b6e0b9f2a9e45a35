// The "exact match" that the released evaluation code of MedS3 prints as accuracy, made anew from reading it (pixas/MedSSS, Evol_Instruct/evaluation/eval_bench.py), defects included, so that numbers can be laid beside numbers that were made with it.
// Nothing else in Slowthink judges by it. It is neither exact nor a match of the answer: see the tests.
import type { Gold } from '@slowthink/records';

/** first: the code of the first release (commit 2c8e6c7), whose README names the eleven sets and result.json. last: the code as it stands now (6ef21f8, unchanged up to 8238225), which also judges MedCalc and rare diseases. */
export type MedsssRelease = 'first' | 'last';

/** What the rule came to, and by which comparison. */
export interface ExactMatch {
  readonly right: boolean;
  readonly rule: 'first character' | 'contained' | 'either contained' | 'limits';
}

/** The verdict of the released rule on a whole output; it knows no third one. Never throws. Linear in the text. */
export const exactMatch = (text: string, gold: Gold, release: MedsssRelease = 'last'): 'right' | 'wrong' => (exactMatchBy(text, gold, release).right ? 'right' : 'wrong');

/**
 * The same with the comparison that decided. A choice: is the first character of what was found the gold letter, in any case ("aspirin" is A, "(C)" is not C)? Free answers, and kinds that the release has no file of: a gold of one character as a
 * choice, any other must be contained ("25 mg" holds "5 mg", "not gerd" holds "gerd"). last: a number with limits is the last number found; a name without a list is right when either contains the other, so an empty answer is.
 * Its limits are those of MedCalc, where a whole number has two equal ones. One thing of it is not done: the chat model that judges rare diseases again where the rule says wrong.
 */
export function exactMatchBy(text: string, gold: Gold, release: MedsssRelease = 'last'): ExactMatch {
  const last = release === 'last';
  if (gold.kind === 'choice') return { right: beginsWith(last ? firstOf(statedLast(text)) : statedFirst(text) ?? '', gold.answer), rule: 'first character' };
  if (last && gold.kind === 'number' && gold.lower !== undefined && gold.upper !== undefined) return { right: isBetween(numberIn(statedFree(text), gold.lower === gold.upper), gold.lower, gold.upper), rule: 'limits' };
  const wanted = gold.kind === 'number' ? `${gold.answer} ${gold.unit}`.trim() : gold.answer;
  if (last && gold.kind === 'name' && gold.names === undefined) {
    const [said, sought] = [stripped(statedFree(text).toLowerCase(), '"', '\'', '`'), wanted.toLowerCase()];
    return { right: said.includes(sought) || sought.includes(said), rule: 'either contained' };
  }
  const whole = ended(text);
  const said = last ? statedFree(text) : whole.includes('The answer is ') ? statedFirst(whole) ?? '' : whole;
  return wanted.length === 1 ? { right: beginsWith(said, wanted), rule: 'first character' } : { right: said.toLowerCase().includes(wanted.toLowerCase()), rule: 'contained' };
}

const ended = (text: string): string => (text.endsWith('.') ? text : `${text}.`);

/** First release: what follows the last line with "The answer is", up to the last full stop of that line: nothing when the line has none, as "The answer is A" above more text. */
function statedFirst(text: string): string | undefined {
  for (const line of ended(text).split('\n').reverse()) {
    const stop = line.lastIndexOf('.');
    const found = /the answer is/i.exec(line);
    if (found !== null && found.index + found[0].length <= stop) return stripped(line.slice(found.index + found[0].length, stop).trim(), '.');
  }
  return undefined;
}

const STATEMENTS = [/the answer is([^\n]*)/gi, /the correct answer is([^\n]*)/gi, /final answer[:\s]*([^\n]*)/gi, /final answer is([^\n]*)/gi];

/** As it stands now: the rest of the line behind the last statement of the first kind that there is, else the last line; of a text with thinking what follows it, up to a line that begins with the statement. */
function statedLast(text: string): string {
  const whole = ended(text);
  if (whole.includes('<think>') && whole.includes('</think>')) return whole.split('</think>').at(-1)!.trim().split('\nThe answer is')[0]!.trim().split('Answer: ').at(-1)!.trim();
  for (const statement of STATEMENTS) {
    const found = [...whole.matchAll(statement)].at(-1)?.[1];
    if (found !== undefined) return stripped(stripped(stripped(found, ':').trim(), '.'), '*');
  }
  return stripped(whole.split('\n').at(-1)!.trim(), '.');
}

/** Of free answers: a diagnosis of the first line, where the text speaks of one; else as a choice. */
const statedFree = (text: string): string => {
  const whole = ended(text);
  return stripped(whole.includes('The diagnosis result') ? stripped(whole.split('\n')[0]!.split('The diagnosis result is ').at(-1)!.trim(), '.') : statedLast(whole), '`');
};

const firstOf = (said: string): string => [...stripped(said, '`')][0] ?? '';
const beginsWith = (said: string, wanted: string): boolean => { const clean = said.replace(/['"]/g, '').toUpperCase(); return clean !== '' && [...clean][0] === wanted; };
const isBetween = (value: number | undefined, lower: number, upper: number): boolean => value !== undefined && value >= lower && value <= upper;

/** Of an answer cut at "However" and at a bracket: whole numbers as "3 out of 5", how many a list "3, 4, 5" has, else the last one, rounded; others as mL/min/1.73, a per cent as its hundredth, else the last one. A lone 0 is none. */
function numberIn(said: string, isWhole: boolean): number | undefined {
  const cut = ['However', '('].reduce((rest, mark) => (rest.includes(mark) ? stripped(rest.slice(0, rest.indexOf(mark)).trim(), '.') : rest), said);
  const numbers = [...cut.matchAll(/-?\d+(?:\.\d+)?/g)].map(([number]) => number);
  if (isWhole) {
    const outOf = /(?<!\d)(\d+) out of/.exec(cut)?.[1];
    const list = /(?<!\d)\d+(?:, ?-?\d+)+/.exec(cut)?.[0];
    const number = outOf ?? (list === undefined ? numbers.at(-1) : String(list.split(',').length));
    return number === undefined || /^-?0+[1-9]\d*$/.test(number) ? undefined : roundHalfEven(Number(number)); // "07" is no number in Python
  }
  const cleared = /(-?(?<!\d)\d+(?:\.\d+)?)\s*mL\/min\/1.73/.exec(cut)?.[1];
  if (cleared !== undefined) return Number(cleared);
  const percent = [...cut.matchAll(/(-?(?<!\d)\d+(?:\.\d+)?)%/g)].at(-1)?.[1];
  if (percent !== undefined) return Number(percent) / 100;
  const number = numbers.at(-1)?.replace(/^0+/, '');
  return number === undefined || number === '' ? undefined : Number(number);
}

/** As Python rounds: 2.5 is 2, 3.5 is 4. */
function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + (floor % 2 === 0 ? 0 : 1) : Math.round(value);
}

/** Without these characters at both ends, one kind after the other. */
function stripped(text: string, ...characters: readonly string[]): string {
  let [from, to] = [0, text.length];
  for (const character of characters) {
    while (from < to && text[from] === character) from += 1;
    while (to > from && text[to - 1] === character) to -= 1;
  }
  return text.slice(from, to);
}
