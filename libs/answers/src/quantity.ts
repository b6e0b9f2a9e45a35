// Reads a number with its unit and compares it with the gold in the gold's unit.
//   right  <=>  |x - g| <= tolerance * |g|, up to float noise of 1e-9 * |g|; x in the gold's unit.
//   With bounds: right  <=>  lower <= x <= upper, up to float noise of 1e-9 of the bound; the tolerance is not looked at.
import type { Gold } from '@slowthink/records';
import { skipFillers } from './fillers.ts';
import { lastLine, readLine } from './lines.ts';
import { readNumeral } from './numeral.ts';
import { matchAt, type Reader, type Reading, type Readers } from './reading.ts';
import { parseUnit, readUnit, type Unit } from './unit.ts';

export type NumberGold = Extract<Gold, { readonly kind: 'number' }>;
interface Quantity { readonly value: number; readonly end: number; readonly unit?: Unit; readonly unscheduled?: Unit }
interface Judged { readonly key: string; readonly right: boolean; readonly fits: boolean }

const OPTION = /\(?[A-H][).:][ \t]{1,2}/y; // "C. 5 mg"
const LABEL = /[A-Za-z][A-Za-z _]{0,30}[ \t]?[=≈][ \t]?(?:about |approximately )?/y;
const EQUALS = /[ \t)*$\\,]{0,4}(?:=|≈|→|->|\bwhich (?:is|equals)\b|\bequals\b|\bis equal to\b)[ \t]?/y;
const OPERATOR = /[ \t)]{0,2}(?:[×*÷+](?!\*)|x\b|[/-][ \t]?[\d(]|\\times|\\div|\\cdot|·)/y;
const RANGE = /[ \t]{0,2}(?:-|–|—|to\b)[ \t]{0,2}/y;
const MARGIN = /[ \t]?(?:±|\+\/-)[ \t]?/y;
const BETWEEN = /between[ \t]{1,2}/iy;
const LISTED = /[ \t]{1,2}(?:or|and)[ \t]{1,2}/y;
const GLOSS = /[ \t]?\(/y;
const LAST_EQUALS = /[^\n=≈]{0,160}[=≈][ \t]?/y;

/** Finds a quantity: the last member of a chain of equations; a range or "5 or 10 mg" is several answers; a missing unit is the gold's, another dimension is wrong. */
export function quantityReaders(gold: NumberGold): Readers {
  const unit = parseUnit(gold.unit);
  const judge = (quantity: Quantity): Judged => judgeQuantity(quantity, gold, unit);
  return {
    read: (text, at) => {
      const between = matchAt(BETWEEN, text, at)?.[0].length ?? 0;
      const first = readEquation(text, at + between + (between > 0 ? 0 : (matchAt(OPTION, text, at) ?? matchAt(LABEL, text, at))?.[0].length ?? 0)); // "C. 5 mg", "dose = 5 mg"
      if (first === undefined) return undefined;
      const margin = matchAt(MARGIN, text, first.end);
      const other = margin !== null ? undefined : otherEnd(text, first);
      if (between > 0 && other === undefined) return undefined;
      const found = [other?.unit !== undefined && first.unit === undefined ? { ...other, value: first.value } : first, ...(other === undefined ? [] : [other])];
      const gloss = found.length > 1 ? undefined : glossOf(text, first);
      const judged = found.map(judge);
      const chosen = gloss !== undefined && !judged[0]!.fits && judge(gloss).fits ? [judge(gloss)] : judged;
      const keys = [...new Set(chosen.map(({ key }) => key))];
      const end = (other ?? first).end;
      return { keys, right: keys.length === 1 && chosen[0]!.right, text: text.slice(at, end).trim(), end };
    },
  };
}

const CALCULATED_MAX = 400; // characters; longer lines are prose
const CALCULATED = /\b(?:bmi|score|index|clearance|e?gfr|gap|qtc?|interval|osmolality|osmolarity|deficit|concentration|result|value)\b[^.\n]{0,60}?\b(?:is|was|equals|comes to)[ \t]/gi;

/** The answer of a reply without a statement: its last line is a quantity, ends in one behind ":" or "=", or says what a calculation gives ("The BMI is 27."). */
export function readQuantityLines(text: string, read: Reader, truncated: boolean): (Reading & { readonly rule: string }) | undefined {
  if (truncated) return undefined;
  const line = lastLine(text);
  const behind = Math.max(line.lastIndexOf(':'), line.lastIndexOf('='), line.lastIndexOf('≈')) + 1;
  const calculated = line.length > CALCULATED_MAX ? undefined : [...line.matchAll(CALCULATED)].at(-1);
  const reading = readLine(line, read) ?? (behind > 0 ? readLine(line.slice(behind), read) : undefined) ?? (calculated === undefined ? undefined : readLine(line.slice(calculated.index + calculated[0].length), read));
  return reading === undefined ? undefined : { ...reading, rule: 'last line' };
}

function readQuantity(text: string, at: number): Quantity | undefined {
  const numeral = readNumeral(text, at);
  if (numeral === undefined) return undefined;
  const reading = readUnit(text, numeral.end);
  return reading === undefined ? numeral : { value: numeral.value, end: reading.end, unit: reading.unit, unscheduled: reading.unscheduled };
}

// "70 kg × 5 mg/kg = 350 mg" answers 350 mg; "70 kg × 5 mg/kg" answers nothing: nothing is computed here.
function readEquation(text: string, at: number): Quantity | undefined {
  let quantity = readQuantity(text, at);
  if (quantity === undefined) return undefined;
  if (matchAt(OPERATOR, text, quantity.end) !== null) {
    const equals = matchAt(LAST_EQUALS, text, quantity.end);
    if (equals !== null) quantity = readQuantity(text, skipFillers(text, quantity.end + equals[0].length));
    else if (matchAt(RANGE, text, quantity.end) === null) return undefined;
  }
  for (let links = 0; quantity !== undefined && links < 12; links++) {
    const equals = matchAt(EQUALS, text, quantity.end);
    const next = equals === null ? undefined : readQuantity(text, skipFillers(text, quantity.end + equals[0].length));
    if (next === undefined) break;
    quantity = next;
  }
  return quantity;
}

function otherEnd(text: string, first: Quantity): Quantity | undefined {
  const link = matchAt(RANGE, text, first.end) ?? matchAt(LISTED, text, first.end);
  return link === null ? undefined : readQuantity(text, first.end + link[0].length);
}

function glossOf(text: string, first: Quantity): Quantity | undefined {
  const open = matchAt(GLOSS, text, first.end);
  return open === null ? undefined : readQuantity(text, skipFillers(text, first.end + open[0].length));
}

function judgeQuantity(quantity: Quantity, gold: NumberGold, goldUnit: Unit | undefined): Judged {
  const fitting = [quantity.unit, quantity.unscheduled].find((unit) => unit !== undefined && unit.dimension === goldUnit?.dimension);
  if (quantity.unit !== undefined && goldUnit !== undefined && fitting === undefined) {
    return { key: `${plain(quantity.value * quantity.unit.factor)} ${quantity.unit.dimension}`, right: false, fits: false };
  }
  const value = fitting === undefined || goldUnit === undefined ? quantity.value : (quantity.value * fitting.factor + fitting.offset - goldUnit.offset) / goldUnit.factor;
  return { key: `${plain(value)} ${gold.unit}`.trim(), right: isRight(value, gold), fits: true };
}

function isRight(value: number, { answer, tolerance, lower, upper }: NumberGold): boolean {
  if (lower !== undefined && upper !== undefined) return value >= lower - 1e-9 * Math.abs(lower) && value <= upper + 1e-9 * Math.abs(upper);
  const distance = Math.abs(value - answer);
  return distance <= (tolerance + 1e-9) * Math.abs(answer) || distance === 0;
}

/** Twelve significant digits: what conversion adds as float noise is gone. */
const plain = (value: number): string => String(Number(value.toPrecision(12)) + 0);
