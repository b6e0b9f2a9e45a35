// Numbers as people and models write them. Nothing is evaluated: a sum, product or quotient in a text is not a number, and a/b is one only as a part of a whole (a < b).
import { matchAt } from './reading.ts';

const WORDS = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'eleven', 'twelve'];
const WORD = new RegExp(String.raw`(${WORDS.join('|')})\b`, 'iy');
const PLAIN = /([+-]?)(?:([1-9]\d{0,2}(?:,\d{3}){1,6}(?!\d))|(\d{1,40}),(\d{1,2}|(?<=(?:^|\D)0,)\d{1,20})(?![\d,])|(\d{1,40}))?(\.\d{1,40})?/y;
const POWER = /[ \t]{0,2}(?:×|x|\*|·|\\times|\\cdot)[ \t]{0,2}10(?:\^|\*\*)[{(]?([+-]?\d{1,3})[)}]?/iy;
const EXPONENT = /[eE]([+-]?\d{1,3})(?![\w.])/y;
const BARE_POWER = /(?:\^|\*\*)[{(]?([+-]?\d{1,3})[)}]?/y;
const FRACTION = /[ \t]?\/[ \t]?(\d{1,9})(?![\d.,]\d|\d)/y;
const MIXED = /[ \t](\d{1,9})\/(\d{1,9})(?!\d)/y;
const SCALE = /[ \t](thousand|million|billion)\b/iy;
const LATEX_FRACTION = /\\d?frac\{(\d{1,9})\}\{(\d{1,9})\}/y;
const scales: { readonly [word: string]: number } = { thousand: 1e3, million: 1e6, billion: 1e9 };

export interface Numeral { readonly value: number; readonly end: number }

/**
 * The number at `at`: 1,000.5; 2,5 (a decimal comma unless three digits follow); .5; 1.5e3; 1.5 × 10^3; 1/2; 1 1/2; two; 1.2 million.
 * Undefined when no number stands there or when digits go on behind it ("1.2.3", "5.5.2024"). Of "120/80" and "10/2", which are a pair or a division, it is the 120 and the 10 alone: whoever reads on sees the stroke.
 */
export function readNumeral(text: string, at: number): Numeral | undefined {
  const word = matchAt(WORD, text, at);
  if (word !== null) return scaled(text, { value: WORDS.indexOf(word[1]!.toLowerCase()), end: at + word[0].length });
  const fraction = matchAt(LATEX_FRACTION, text, at);
  if (fraction !== null) return Number(fraction[1]) < Number(fraction[2]) ? { value: Number(fraction[1]) / Number(fraction[2]), end: at + fraction[0].length } : undefined;
  const plain = matchAt(PLAIN, text, at)!;
  const digits = plain[2]?.replaceAll(',', '') ?? (plain[3] === undefined ? plain[5] : `${plain[3]}.${plain[4]}`);
  if (digits === undefined && plain[6] === undefined) return undefined;
  const sign = plain[1] === '-' ? -1 : 1;
  const whole = digits !== undefined && plain[3] === undefined && plain[6] === undefined;
  const base: Numeral = { value: sign * Number(`${digits ?? '0'}${plain[6] ?? ''}`), end: at + plain[0].length };
  if (/^[.,]?\d/.test(text.slice(base.end, base.end + 2))) return undefined;
  return finite(whole ? withFraction(text, base, sign) ?? withPower(text, base) : withPower(text, base));
}

function withFraction(text: string, base: Numeral, sign: number): Numeral | undefined {
  const mixed = matchAt(MIXED, text, base.end);
  if (mixed !== null && Number(mixed[1]) < Number(mixed[2])) return { value: base.value + sign * Number(mixed[1]) / Number(mixed[2]), end: base.end + mixed[0].length };
  const part = matchAt(FRACTION, text, base.end);
  return part === null || Math.abs(base.value) >= Number(part[1]) ? undefined : { value: base.value / Number(part[1]), end: base.end + part[0].length };
}

function withPower(text: string, base: Numeral): Numeral {
  const bare = base.value === 10 ? matchAt(BARE_POWER, text, base.end) : null;
  if (bare !== null) return { value: Number(`1e${bare[1]}`), end: base.end + bare[0].length };
  const power = matchAt(EXPONENT, text, base.end) ?? matchAt(POWER, text, base.end);
  return power === null ? scaled(text, base) : { value: Number(`${base.value}e${Number(power[1])}`), end: base.end + power[0].length };
}

function scaled(text: string, base: Numeral): Numeral {
  const scale = matchAt(SCALE, text, base.end);
  return scale === null ? base : { value: base.value * scales[scale[1]!.toLowerCase()]!, end: base.end + scale[0].length };
}

const finite = (numeral: Numeral): Numeral | undefined => (Number.isFinite(numeral.value) ? numeral : undefined);
