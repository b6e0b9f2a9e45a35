import { askedUnit, type Allowed } from '@slowthink/answers';
import { parseOptions, renderOptions } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';

/** A question as it is put to a policy, and what it allows as an answer. */
export interface AskedQuestion {
  readonly text: string;
  readonly allowed: Allowed;
}

export const askedKinds = ['choice', 'number', 'yes-no-maybe', 'span', 'open'] as const;
export type AskedKind = (typeof askedKinds)[number];

/** What the command line says beside the question. */
export interface KindGiven { readonly kind?: AskedKind | undefined; readonly options?: string | undefined; readonly unit?: string | undefined }

const YES_NO = /\b(?:answer|reply|respond|say)\b[^.?!\n]{0,60}\byes\b[^.?!\n]{0,20}\bno\b|\byes,? (?:or )?no,? or maybe\b/i;

/**
 * What kind of answer a question wants, as it was given or, without that, as its words show: lettered options at its end, "answer yes or no", "how many mg …?" or "… in mL/h?". Any other question is open: better no vote than one over answers
 * that nobody asked for. Options that were given stand as lines "A. text" at the end of the text. SETTING_INVALID: no question, or words that do not go together.
 */
export function askedQuestion(question: string, { kind, options: given, unit }: KindGiven): AskedQuestion {
  if (question.trim() === '') throw new FaultError('SETTING_INVALID', 'The question is empty.', { hint: 'Type it behind the command, in quotation marks.' });
  if (given !== undefined && kind !== undefined && kind !== 'choice') throw new FaultError('SETTING_INVALID', `--options are given for --kind ${kind}.`, { hint: 'Only a choice has options: leave one of the two out.' });
  if (unit !== undefined && kind !== undefined && kind !== 'number') throw new FaultError('SETTING_INVALID', `--unit is given for --kind ${kind}.`, { hint: 'Only a number has a unit: leave one of the two out.' });
  if (unit !== undefined && kind === undefined && (given !== undefined || parseOptions(question).length > 0)) throw new FaultError('SETTING_INVALID', 'The question has options, and --unit asks for a number.', { hint: 'Leave --unit out, or say --kind number.' });
  const text = given === undefined ? question.trim() : `${question.trim()}\n${renderOptions(optionsIn(given))}`;
  return { text, allowed: allowedBy(text, kind, unit) };
}

function allowedBy(text: string, kind: AskedKind | undefined, unit: string | undefined): Allowed {
  const options = kind === undefined || kind === 'choice' ? parseOptions(text) : [];
  if (options.length > 0 && unit === undefined) return { kind: 'choice', options };
  if (kind === 'choice') throw new FaultError('SETTING_INVALID', 'The question shows no options, and none are given.', { hint: 'Give them with --options "aspirin|heparin", or as lines "A. aspirin" at the end of the question.' });
  const asked = askedUnit(text);
  if (kind === 'number' || unit !== undefined) return { kind: 'number', unit: unit?.trim() ?? asked ?? '' };
  if (kind !== undefined) return { kind };
  if (YES_NO.test(text)) return { kind: 'yes-no-maybe' };
  return asked === undefined ? { kind: 'open' } : { kind: 'number', unit: asked };
}

/** "aspirin|heparin" as A and B; letters before the texts are taken off. */
function optionsIn(given: string): Extract<Allowed, { kind: 'choice' }>['options'] {
  const texts = given.split(/\||\n/u).map((text, at) => text.trim().replace(new RegExp(String.raw`^\(?${String.fromCharCode(65 + at)}[.):]\s+`, 'u'), '')).filter((text) => text !== '');
  if (texts.length < 2 || texts.length > 26) throw new FaultError('SETTING_INVALID', `--options names ${texts.length === 1 ? '1 option' : `${texts.length} options`}; 2 to 26 are wanted.`, { hint: 'Write "|" between them: --options "aspirin|heparin".' });
  return texts.map((text, at) => ({ letter: String.fromCharCode(65 + at), text }));
}
