import { FaultError } from '@slowthink/faults';
import type { Gold } from '@slowthink/records';
import { alternativesOfValue, classesOfPrompt, classesOfValue, textsOfPrompt, textsOfValue } from './allowed.ts';
import type { Option } from './options.ts';
import { plainWords } from './plain-words.ts';

/** How a row's answer is to be read. choice-from-0 and choice-from-1: the answer is the index of the right option; text: the words of an option that has no letter; open: no rule judges it. */
export const answerKinds = ['choice', 'choice-from-0', 'choice-from-1', 'yes-no-maybe', 'number', 'text', 'span', 'name', 'digit', 'open'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/** Largest relative error of a number where the row and the mapping say nothing. */
export const numberTolerance = 0.01;

/** What the column "Output Type" of MedCalc-Bench calls its kinds. */
const otherNames: { readonly [kind: string]: AnswerKind } = { decimal: 'number', integer: 'number', date: 'span' };

export interface AnswerFields {
  readonly answer: unknown;
  readonly options: readonly Option[];
  readonly kind?: string | undefined; // of AnswerKind, or decimal, integer, date; found out when left out
  readonly unit?: string | undefined;
  readonly tolerance?: string | number | undefined; // 0..1
  readonly lower?: string | undefined; // with upper: bounds of a number
  readonly upper?: string | undefined;
  readonly alternatives?: unknown; // other wordings of a span or name
  readonly allowed?: unknown; // the row's own options, as they are: texts, names or classes
  readonly question?: string | undefined; // its text, where lists and classes are looked for that have no column
}

/**
 * The gold of a row. Without a kind: a choice when there are options and the answer is a letter of them or the text of exactly one; yes, no or maybe; a number when the row has a unit or bounds;
 * else open. Throws QUESTION_GOLD_MISSING, QUESTION_ROW_INVALID (the answer does not fit its kind, a letter that no option has). `where`: "line 12".
 */
export function goldOf(fields: AnswerFields, where: string): Gold {
  const answer = scalarText(fields.answer, where);
  if (answer === '') throw new FaultError('QUESTION_GOLD_MISSING', `The row on ${where} has no answer.`);
  const invalid = (what: string): FaultError => new FaultError('QUESTION_ROW_INVALID', `The answer ${JSON.stringify(answer.slice(0, 80))} of the row on ${where} ${what}.`);
  const said = fields.kind ?? kindOf(answer, fields);
  const kind = Object.hasOwn(otherNames, said) ? otherNames[said]! : said;
  if (!(answerKinds as readonly string[]).includes(kind)) throw new FaultError('QUESTION_ROW_INVALID', `The row on ${where} has the answer kind ${JSON.stringify(kind)}; known are ${answerKinds.join(', ')}.`);
  switch (kind as AnswerKind) {
    case 'choice': return choiceOf(letterOf(answer, fields.options), fields.options, invalid);
    case 'choice-from-0': return choiceOf(fields.options[Number(answer)]?.letter, fields.options, invalid);
    case 'choice-from-1': return choiceOf(fields.options[Number(answer) - 1]?.letter, fields.options, invalid);
    case 'yes-no-maybe': {
      const word = wordOf(answer);
      if (word === undefined) throw invalid('is none of yes, no, maybe');
      return { kind: 'yes-no-maybe', answer: word };
    }
    case 'number': return numberOf(answer, fields, invalid);
    case 'text': return textOf(answer, fields, where, invalid);
    case 'digit': return digitOf(answer, fields, where, invalid);
    case 'span': return { kind: 'span', answer, ...alternativesOf(fields, where) };
    case 'name': return nameOf(answer, fields, where, invalid);
    case 'open': return { kind: 'open', answer };
  }
}

const alternativesOf = ({ alternatives }: AnswerFields, where: string): { readonly alternatives?: readonly string[] } => {
  const texts = alternativesOfValue(alternatives, where);
  return texts.length > 0 ? { alternatives: texts } : {};
};

function textOf(answer: string, { allowed, question = '' }: AnswerFields, where: string, invalid: (what: string) => FaultError): Gold {
  const own = textsOfValue(allowed, where);
  const options = own.length > 0 ? own : textsOfPrompt(question, answer);
  const same = options.filter((option) => plainWords(option) === plainWords(answer));
  if (options.length === 0) throw invalid('is of the kind text, but no options were found');
  if (same.length !== 1) throw invalid(`is ${same.length === 0 ? 'none' : 'more than one'} of the options ${options.slice(0, 10).join(', ')}${options.length > 10 ? ', …' : ''}`);
  return { kind: 'text', answer: same[0]!, options };
}

/** A list in a column must hold the name; a list in the question is taken when it does. */
function nameOf(answer: string, fields: AnswerFields, where: string, invalid: (what: string) => FaultError): Gold {
  const own = textsOfValue(fields.allowed, where);
  const names = own.length > 0 ? own : textsOfPrompt(fields.question ?? '', answer);
  const listed = names.find((name) => plainWords(name) === plainWords(answer));
  if (own.length > 0 && listed === undefined) throw invalid(`is none of the ${own.length} names of the row`);
  return { kind: 'name', answer: listed ?? answer, ...(names.length > 0 ? { names } : {}), ...alternativesOf(fields, where) };
}

function digitOf(answer: string, { allowed, question = '' }: AnswerFields, where: string, invalid: (what: string) => FaultError): Gold {
  const own = classesOfValue(allowed, where);
  const digit = /^\d$/u.test(answer) ? answer : own.find(({ text }) => text !== '' && plainWords(text) === plainWords(answer))?.digit;
  if (digit === undefined) throw invalid('is no digit');
  if (own.length > 0 && !own.some((each) => each.digit === digit)) throw invalid(`is none of the classes ${own.map((each) => each.digit).join(', ')}`);
  const classes = own.length > 0 ? own : classesOfPrompt(question, digit);
  return { kind: 'digit', answer: digit, ...(classes.length > 0 ? { classes } : {}) };
}

function kindOf(answer: string, { options, unit, lower, upper }: AnswerFields): AnswerKind {
  if (options.length > 0 && (letterOf(answer, options) !== undefined || bareLetter(answer) !== undefined)) return 'choice';
  if (wordOf(answer) !== undefined) return 'yes-no-maybe';
  return unit !== undefined || lower !== undefined || upper !== undefined ? 'number' : 'open';
}

function choiceOf(letter: string | undefined, options: readonly Option[], invalid: (what: string) => FaultError): Gold {
  if (options.length === 0) throw invalid('is of the kind choice, but no options were found');
  if (letter === undefined || !options.some((option) => option.letter === letter)) throw invalid(`is none of the options ${options.map((option) => option.letter).join(', ')}`);
  return { kind: 'choice', answer: letter, options };
}

/** "C", "c", "(C)", "C." and "C)" are the letter C. */
const bareLetter = (answer: string): string | undefined => /^\(?([A-Za-z])\)?[.):]?$/u.exec(answer)?.[1]?.toUpperCase();

function letterOf(answer: string, options: readonly Option[]): string | undefined {
  const letter = bareLetter(answer);
  if (letter !== undefined && options.some((option) => option.letter === letter)) return letter;
  const same = options.filter((option) => plainWords(option.text) === plainWords(answer) || plainWords(`${option.letter}. ${option.text}`) === plainWords(answer));
  return same.length === 1 ? same[0]!.letter : undefined;
}

function wordOf(answer: string): 'yes' | 'no' | 'maybe' | undefined {
  const word = answer.toLowerCase().replace(/[.!]$/u, '');
  return word === 'yes' || word === 'no' || word === 'maybe' ? word : undefined;
}

/** One or two words without a comma, no word a number: "mg", "mm Hg", "kg/m2", "%". A range ("125-500 mg") or a list ("5 mg or 10 mg") is no unit. */
const unitPattern = /^[\p{L}°%‰][^\s,;]*(?:\s\p{L}[^\s,;]*)?$/u;

/** "1,200.5", "-3e-2", "5 mg"; a comma only between groups of three digits. A unit beside the number must be the row's unit. */
function numberOf(answer: string, { unit = '', tolerance = numberTolerance, lower, upper }: AnswerFields, invalid: (what: string) => FaultError): Gold {
  const match = /^([-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(\D.*)?$/su.exec(answer.replace(/^\u2212/u, '-'));
  const value = match?.[1] ? Number(match[1].replaceAll(',', '')) : Number.NaN;
  const beside = match?.[2]?.trim() ?? '';
  if (!Number.isFinite(value) || (beside !== '' && !unitPattern.test(beside))) throw invalid('is no number');
  if (beside !== '' && unit !== '' && beside.toLowerCase() !== unit.toLowerCase()) throw invalid(`has another unit than the row, which says ${JSON.stringify(unit)}`);
  const share = Number(tolerance);
  if (!(share >= 0 && share <= 1)) throw invalid(`has the tolerance ${JSON.stringify(tolerance)}; 0 to 1 is wanted`);
  return { kind: 'number', answer: value, unit: unit !== '' ? unit : beside, tolerance: share, ...boundsOf(value, lower, upper, invalid) };
}

/** Both bounds or neither, as plain numbers in the unit of the answer, and the answer between them. */
function boundsOf(value: number, lower: string | undefined, upper: string | undefined, invalid: (what: string) => FaultError): { readonly lower?: number; readonly upper?: number } {
  if (lower === undefined && upper === undefined) return {};
  if (lower === undefined || upper === undefined) throw invalid(`has the bound ${lower === undefined ? 'upper' : 'lower'} alone; both or neither are wanted`);
  const [from, to] = [Number(lower), Number(upper)];
  if (!Number.isFinite(from) || !Number.isFinite(to)) throw invalid(`has the bounds ${JSON.stringify(lower)} and ${JSON.stringify(upper)}; two numbers are wanted`);
  if (!(from <= value && value <= to)) throw invalid(`does not stand between its bounds ${lower} and ${upper}`);
  return { lower: from, upper: to };
}

function scalarText(value: unknown, where: string): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value.trim();
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean') return String(value);
  throw new FaultError('QUESTION_ROW_INVALID', `The answer of the row on ${where} is ${Array.isArray(value) ? 'an array' : 'an object'}; one text or number is wanted.`);
}
