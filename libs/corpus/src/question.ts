import { FaultError } from '@slowthink/faults';
import { questionIdOf, type Gold, type QuestionRecord } from '@slowthink/records';
import { conversationOf, isConversation, readConversation, type Asked } from './conversation.ts';
import { goldOf } from './gold.ts';
import { isUnicode } from './is-unicode.ts';
import { fieldOf, valueAt, wordsOf, type FieldSource, type Mapping, plainMapping } from './mapping.ts';
import { fieldsOfMedsssRow, isMedsssRow } from './medsss.ts';
import { parseOptions, renderOptions, type Option } from './options.ts';
import { optionsOfValue } from './options-value.ts';
import type { RowValues } from './source-row.ts';

/** What is the same for all rows of a file. */
export interface FilePlan {
  readonly dataset: string;
  readonly split: string;
  readonly role: QuestionRecord['role'];
  readonly mapping?: Mapping | undefined; // plain column names, or MedSSS rows, when left out
  readonly answerKind?: string | undefined; // declared by a manifest for every row
  readonly optionsMax?: number | undefined;
  readonly numberRows?: boolean | undefined; // ids are row-1, row-2, ... whatever the file says
}

/** The id of a row inside its data set: the file's own, as text, or "row-12" (12 = the row's place in the file). Throws QUESTION_ROW_INVALID. */
export function rowIdOf(values: RowValues, ordinal: number, plan: FilePlan, where: string): string {
  const source = (plan.mapping ?? plainMapping).id;
  const value = plan.numberRows || (source && 'literal' in source) ? undefined : fieldOf(values, plan.mapping ? source : plainMapping.id);
  if (value === undefined || value === null || value === '') return `row-${ordinal}`;
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'bigint') throw new FaultError('QUESTION_ROW_INVALID', `The id of the row on ${where} is neither text nor a number.`);
  const id = String(value).trim();
  if (id.length > 200) throw new FaultError('QUESTION_ROW_INVALID', `The id of the row on ${where} has ${id.length} characters; at most 200 are kept.`);
  return id === '' ? `row-${ordinal}` : id;
}

/**
 * The question record (attempt 1) of a row. The prompt is the question as the file has it, or the last turn of the user in a conversation and the turns before it; options of a column of their own are
 * added as lines "A. text", other answers it allows as lines "- text". Options that the question does not name are those of the latest turn of the user that does. Gold never reaches the prompt.
 * Throws QUESTION_ROW_INVALID, QUESTION_GOLD_MISSING, QUESTION_ENCODING (half a surrogate pair).
 */
export function questionOf(values: RowValues, id: string, plan: FilePlan, where: string): QuestionRecord {
  const medsss = plan.mapping === undefined && isMedsssRow(values);
  const mapping = plan.mapping ?? plainMapping;
  const { question, history, answer, lower, upper } = medsss ? fieldsOfMedsssRow(values, where) : { ...askedOf(values, mapping, where), answer: fieldOf(values, mapping.answer), lower: fieldOf(values, mapping.lower), upper: fieldOf(values, mapping.upper) };
  if (typeof question !== 'string' || question.trim() === '') throw new FaultError('QUESTION_ROW_INVALID', `The row on ${where} has no question text.`);
  const named = [question, ...history.filter(({ role }) => role === 'user').map(({ content }) => content).reverse()].map((each) => parseOptions(each, plan.optionsMax));
  const inText = named.find((options) => options.length > 0) ?? [];
  const column = (source: FieldSource | undefined): unknown => (medsss ? undefined : fieldOf(values, source));
  const kind = textField(column(mapping.kind)) ?? plan.answerKind;
  const unlettered = kind === 'text' || kind === 'name' || kind === 'digit';
  const own = unlettered ? [] : optionsOfValue(column(mapping.options), where);
  const gold = goldOf({
    answer, options: own.length > 0 ? own : inText, kind, unit: textField(column(mapping.unit)), tolerance: textField(column(mapping.tolerance)),
    lower: textField(lower), upper: textField(upper), alternatives: column(mapping.alternatives), allowed: column(mapping.options), question,
  }, where);
  const text = own.length > 0 ? (sameOptions(own, inText) ? question : `${question.trimEnd()}\n${renderOptions(own)}`) : withAllowed(question, gold);
  if (!isUnicode([id, text, history, gold])) throw new FaultError('QUESTION_ENCODING', `The row on ${where} holds half a surrogate pair: it is no Unicode text.`);
  return { type: 'question', v: 1, id: questionIdOf(plan.dataset, plan.split, id), dataset: plan.dataset, split: plan.split, role: plan.role, attempt: 1, prompt: { text, ...(history.length === 0 ? {} : { history }) }, gold };
}

/** A column with a conversation is a question with its history; several columns are its parts, in their order with a blank line between; any other value is the question. */
function askedOf(values: RowValues, mapping: Mapping, where: string): Omit<Asked, 'question'> & { readonly question: unknown } {
  if (mapping.question !== undefined && 'columns' in mapping.question) return { question: mapping.question.columns.flatMap((part) => wordsOf(part) ?? partsOf(valueAt(values, part), part, where)).join('\n\n'), history: [] };
  const question = conversationOf(fieldOf(values, mapping.question));
  const column = mapping.question !== undefined && 'column' in mapping.question ? mapping.question.column : 'question';
  return isConversation(question) ? readConversation(question, column, where) : { question, history: [] };
}

/** The texts of one part of a question: a text, or a list of them as the abstracts of PubMedQA have it; none where the column is empty. Throws QUESTION_ROW_INVALID. */
function partsOf(value: unknown, column: string, where: string): readonly string[] {
  if (value === undefined || value === null) return [];
  const texts = Array.isArray(value) ? value as readonly unknown[] : [value];
  if (!texts.every((text) => typeof text === 'string')) throw new FaultError('QUESTION_ROW_INVALID', `The column "${column}" of the row on ${where} is a part of the question and holds no text.`);
  return texts.map((text) => text.trim()).filter((text) => text !== '');
}

/** The question with the answers that it allows as lines at its end, where its text does not name them all. */
function withAllowed(question: string, gold: Gold): string {
  const allowed = gold.kind === 'text' ? gold.options : gold.kind === 'name' ? gold.names ?? [] : gold.kind === 'digit' ? (gold.classes ?? []).map(({ digit, text }) => (text === '' ? digit : `${digit}: ${text}`)) : [];
  const said = question.toLowerCase();
  const named = gold.kind === 'digit' ? (gold.classes ?? []).every(({ digit, text }) => said.includes(digit) && said.includes(text.toLowerCase())) : allowed.every((each) => said.includes(each.toLowerCase()));
  return named ? question : `${question.trimEnd()}\n${allowed.map((each) => `- ${each}`).join('\n')}`;
}

const sameOptions = (a: readonly Option[], b: readonly Option[]): boolean => a.length === b.length && a.every((option, at) => option.letter === b[at]!.letter && option.text === b[at]!.text);
const textField = (value: unknown): string | undefined => (value === undefined || value === null || String(value).trim() === '' ? undefined : String(value).trim());
