import { readUnit } from './unit.ts';
import { unitRow } from './unit-table.ts';

const HOW_MANY = /\bhow many[ \t]+/gi;
const IN_UNIT = /\b(?:what|which|how (?:much|fast)|calculate|compute|answer|express|give|state)\b[^?]*\bin[ \t]+(\S{1,20}?)[?.!\s]*$/iu; // "What is the rate in mL/h?"
const PER_DOSE = /[ \t]*(?:\/|\bper\b)[ \t]*dose$/i; // "mg per dose" is mg
const INITIALS = /^(?!IU$|MU$)[A-Z]{2,}$/; // "What is given in CAP?"
const TIMES: ReadonlySet<string> = new Set(['h', 'month']); // "What is expected in days?" asks for no number

/**
 * The unit that a question asks a number in: of the last "how many mg …", or "… in mL/h?" at its end. '' for "how many" of something that is no unit ("how many valves"): a bare number. Undefined: it asks for no number, as far as
 * its words tell. Only what the last sentence asks counts: "He smokes; how many packs is not known. What helps?" asks for none.
 */
export function askedUnit(question: string): string | undefined {
  const sentence = lastSentence(question);
  const many = [...sentence.matchAll(HOW_MANY)].at(-1);
  if (many !== undefined) return unitAt(sentence, many.index + many[0].length) ?? '';
  const named = IN_UNIT.exec(sentence)?.[1];
  const unit = named === undefined ? undefined : unitAt(named, 0);
  return unit !== named || unit === undefined || INITIALS.test(unit) || TIMES.has(unitRow(unit)?.base ?? '') ? undefined : unit;
}

/** A unit of the table that begins at `at`, with what stands below its line. */
function unitAt(text: string, at: number): string | undefined {
  const word = /^[^\s/?.,;:]+/u.exec(text.slice(at))?.[0];
  const reading = word === undefined || unitRow(word) === undefined ? undefined : readUnit(text, at);
  return reading === undefined ? undefined : text.slice(at, reading.end).replace(PER_DOSE, '').trim();
}

/** From the last end of a sentence that another one follows: a decimal point ends none. */
const lastSentence = (text: string): string => text.trim().split(/(?<=[.?!])\s+(?=\S)|\n+/u).at(-1)!;
