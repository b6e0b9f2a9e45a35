// A row of the released MedSSS-data: { id, question, pos, neg, answer }, chains from Step 0 to an answer with a value a step.
//   first release: a step is { step, value }
//   released code: a step is [text, value, simulation]
import { FaultError } from '@slowthink/faults';
import { markStep, normaliseStep, STEP_ZERO } from '@slowthink/prompts';

/** One element of a chain. */
export interface MedsssStep {
  readonly text: string; // without its mark, as it stands in a tree
  readonly value: number | null; // v, 0..1; null: of Step 0 alone
  readonly simulation?: number | null; // value of its own simulation, 0..1; left out where the form has no place for it
}

/** Step 0 first, at least one step behind it. */
export type MedsssChain = readonly MedsssStep[];

export interface MedsssRow {
  readonly id?: string | number; // as the row says it
  readonly question: string;
  readonly pos: readonly MedsssChain[];
  readonly neg: readonly MedsssChain[];
  readonly answer?: string | number | boolean; // as the row says it
  /** Steps whose text is another one now than in the file, but for its mark: blank lines, control signs, marks inside. */
  readonly tidied: number;
}

type Fields = { readonly [name: string]: unknown };

/**
 * The chains of a row, in either form, also mixed. Chains keep their order. Throws QUESTION_ROW_INVALID, which names list, chain and step: neither pos nor neg has a chain; an element that is of neither form; a value that is no
 * number of 0..1; a chain that does not begin with Step 0, has no step behind it, or has an empty step. QUESTION_ENCODING: half a surrogate pair. `where`: "line 12".
 */
export function readMedsssRow(fields: Fields, where: string): MedsssRow {
  const tidied = { count: 0 };
  const [pos, neg] = (['pos', 'neg'] as const).map((list) => readChains(fields[list], list, where, tidied)) as [readonly MedsssChain[], readonly MedsssChain[]];
  if (pos.length === 0 && neg.length === 0) throw invalid(where, 'has no chain: both pos and neg are missing or empty');
  const { id, question, answer } = fields;
  return {
    ...(typeof id === 'string' || typeof id === 'number' ? { id } : {}), question: typeof question === 'string' ? question : '', pos, neg,
    ...(typeof answer === 'string' || typeof answer === 'number' || typeof answer === 'boolean' ? { answer } : {}), tidied: tidied.count,
  };
}

const invalid = (where: string, what: string): FaultError => new FaultError('QUESTION_ROW_INVALID', `The row on ${where} ${what}.`);

function readChains(value: unknown, list: string, where: string, tidied: { count: number }): readonly MedsssChain[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid(where, `has ${kindOf(value)} as ${list}; a list of chains is wanted`);
  return value.map((chain: unknown, at) => readChain(chain, `chain ${at + 1} of ${list}`, where, tidied));
}

function readChain(value: unknown, name: string, where: string, tidied: { count: number }): MedsssChain {
  if (!Array.isArray(value)) throw invalid(where, `has ${kindOf(value)} as ${name}; a list of steps is wanted`);
  const steps = value.map((element: unknown, k) => readStep(element, k, `step ${k} of ${name}`, where, tidied));
  if (steps.length === 0 || lettersOf(steps[0]!.text) !== lettersOf(STEP_ZERO)) throw invalid(where, `has ${name} without Step 0: it begins with ${JSON.stringify((steps[0]?.text ?? '').slice(0, 60))}, not with ${JSON.stringify(STEP_ZERO)}`);
  if (steps.length === 1) throw invalid(where, `has ${name} with Step 0 alone`);
  return steps;
}

function readStep(element: unknown, k: number, name: string, where: string, tidied: { count: number }): MedsssStep {
  const [raw, value, ...rest] = partsOf(element) ?? [];
  if (typeof raw !== 'string') throw invalid(where, `has ${kindOf(element)} as ${name}; { step, value } or [text, value, simulation] is wanted`);
  if (!raw.isWellFormed()) throw new FaultError('QUESTION_ENCODING', `The row on ${where} holds half a surrogate pair in ${name}: it is no Unicode text.`);
  const text = normaliseStep(raw);
  if (text === '') throw invalid(where, `has no text in ${name}`);
  if (k > 0 && text === STEP_ZERO) throw invalid(where, `has the text of Step 0 again in ${name}`);
  if (raw !== text && raw !== `${markStep(k)}${text}`) tidied.count++;
  if (!isShare(value) && !(k === 0 && value === null)) throw invalid(where, `has the value ${shown(value)} in ${name}; a number of 0 to 1 is wanted`);
  if (rest.length === 0) return { text, value };
  const [simulation] = rest;
  if (simulation !== null && !isShare(simulation)) throw invalid(where, `has the simulation ${shown(simulation)} in ${name}; a number of 0 to 1 or null is wanted`);
  return { text, value, simulation };
}

/** Text, value and, in the form of the code, the simulation; undefined for what is of neither form. */
function partsOf(element: unknown): readonly unknown[] | undefined {
  if (Array.isArray(element)) return element.length === 3 ? element : undefined;
  if (typeof element !== 'object' || element === null || !('step' in element) || !('value' in element)) return undefined;
  return [element.step, element.value];
}

const isShare = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= 1;
const lettersOf = (text: string): string => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '');
const shown = (value: unknown): string => (value === undefined || typeof value === 'bigint' ? String(value) : JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)).slice(0, 60)); // Parquet has bigint
const kindOf = (value: unknown): string => (value === null ? 'null' : Array.isArray(value) ? `a list of ${value.length}` : typeof value === 'object' ? `an object with ${Object.keys(value).slice(0, 5).join(', ') || 'nothing'}` : `the ${typeof value === 'string' ? 'text' : typeof value} ${shown(value)}`);
