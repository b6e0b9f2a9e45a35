import { closest } from 'fastest-levenshtein';
import { FaultError } from '@slowthink/faults';
import { answerKinds } from './gold.ts';
import type { RowValues } from './source-row.ts';

/** A column by name, several columns (options one a column, A first; a question in parts), or the same value (for options: values) for every row. A dotted name goes into nested values: "eval.answer", "conversations.0.value". */
export type FieldSource = { readonly column: string } | { readonly columns: readonly string[] } | { readonly literal: string } | { readonly values: readonly string[] };

export const mappedFields = ['question', 'answer', 'options', 'id', 'kind', 'unit', 'tolerance', 'lower', 'upper', 'alternatives'] as const;
export type MappedField = (typeof mappedFields)[number];

/** Which column of a file is which field of a question. */
export type Mapping = { readonly [Field in MappedField]?: FieldSource };

/** What is read where no mapping is given: the columns that have the fields' own names. */
export const plainMapping: Mapping = Object.fromEntries(mappedFields.map((field) => [field, { column: field }]));

/**
 * "question=stem,answer=label,options=a|b|c|d,id:row,kind:number": FIELD=COLUMN takes a column, FIELD=COL|COL several (options, or the parts of a question in their order, among which words in quotation marks stand for themselves), FIELD:VALUE the same value for every row;
 * options:A|B the same options for every row; id:row numbers the rows (row-1, row-2, ...). "\," and "\|" stand in a name. Throws QUESTION_MAPPING_WRONG that names what is wrong and what is nearest.
 */
export function parseMapping(text: string): Mapping {
  const mapping: { [field: string]: FieldSource } = {};
  for (const part of text.split(/(?<!\\),/u).map((each) => each.trim()).filter((each) => each !== '')) {
    const match = /^([a-zA-Z]+)\s*([=:])\s*(.+)$/su.exec(part);
    if (!match) throw new FaultError('QUESTION_MAPPING_WRONG', `"${part}" in the mapping is not FIELD=COLUMN.`);
    const [, field, sign, rest] = match as unknown as readonly [string, string, string, string];
    if (!(mappedFields as readonly string[]).includes(field)) throw new FaultError('QUESTION_MAPPING_WRONG', `"${field}" in the mapping is no field. Nearest: ${closest(field, [...mappedFields])}. Fields: ${mappedFields.join(', ')}.`);
    if (mapping[field]) throw new FaultError('QUESTION_MAPPING_WRONG', `The mapping names ${field} twice.`);
    const columns = rest.split(/(?<!\\)\|/u).map((each) => each.trim().replace(/\\([,|])/gu, '$1'));
    if (sign === '=' && columns.length > 1 && field !== 'options' && field !== 'question') throw new FaultError('QUESTION_MAPPING_WRONG', `Only options and the question can stand in several columns; the mapping gives ${columns.length} for ${field}.`);
    mapping[field] = sign === ':' ? (field === 'options' && columns.length > 1 ? { values: columns } : literalOf(field, rest.trim())) : columns.length > 1 ? { columns } : { column: columns[0]! };
  }
  for (const field of ['question', 'answer']) {
    if (!mapping[field]) throw new FaultError('QUESTION_MAPPING_WRONG', `The mapping "${text}" does not say which column is the ${field}: add ${field}=COLUMN.`);
  }
  return mapping;
}

/** The text that parseMapping reads as this mapping. */
export const mappingText = (mapping: Mapping): string => Object.entries(mapping).map(([field, source]: [string, FieldSource]) => (
  'literal' in source ? `${field}:${source.literal}` : 'values' in source ? `${field}:${source.values.map(escaped).join('|')}` : `${field}=${('column' in source ? [source.column] : source.columns).map(escaped).join('|')}`)).join(',');

const escaped = (name: string): string => name.replace(/[,|]/gu, '\\$&');

function literalOf(field: string, literal: string): FieldSource {
  if (field === 'options') throw new FaultError('QUESTION_MAPPING_WRONG', `One option is no choice: write options:FIRST|SECOND, or options=COLUMN.`);
  if (field === 'question' || field === 'answer') throw new FaultError('QUESTION_MAPPING_WRONG', `The ${field} cannot be the same for every row: write ${field}=COLUMN.`);
  if (field === 'id' && literal !== 'row') throw new FaultError('QUESTION_MAPPING_WRONG', `An id cannot be the same for every row: write id=COLUMN, or id:row to number the rows.`);
  if (field === 'kind' && !(answerKinds as readonly string[]).includes(literal)) throw new FaultError('QUESTION_MAPPING_WRONG', `"${literal}" is no answer kind. Nearest: ${closest(literal, [...answerKinds])}. Kinds: ${answerKinds.join(', ')}.`);
  return { literal };
}

/** The value at a name in a row: the column of exactly that name first, then the dotted path. */
export function valueAt(values: RowValues, name: string): unknown {
  if (Object.hasOwn(values, name)) return values[name];
  let value: unknown = values;
  for (const part of name.split('.')) {
    if (value === null || typeof value !== 'object' || !Object.hasOwn(value, part)) return undefined;
    value = (value as { [key: string]: unknown })[part];
  }
  return value;
}

export function fieldOf(values: RowValues, source: FieldSource | undefined): unknown {
  if (source === undefined) return undefined;
  if ('literal' in source) return source.literal;
  if ('values' in source) return source.values;
  return 'column' in source ? valueAt(values, source.column) : source.columns.map((column) => valueAt(values, column) ?? '');
}

/** The words that a part of a question says in every row: "\"Which disease is it?\"" among its columns; undefined for a column. */
export const wordsOf = (part: string): string | undefined => /^"(.+)"$/su.exec(part)?.[1];

/** Every column a mapping names. */
export const columnsOf = (mapping: Mapping): readonly string[] => Object.values(mapping).flatMap((source: FieldSource) => ('column' in source ? [source.column] : 'columns' in source ? source.columns.filter((part) => wordsOf(part) === undefined) : []));

/**
 * Throws QUESTION_MAPPING_WRONG when a named column is not among `columns` (top-level names) or, for a dotted name, its first part is not; `required` are the names that must exist.
 * The message names the columns that exist and the nearest.
 */
export function checkColumns(path: string, required: readonly string[], columns: readonly string[]): void {
  for (const name of required) {
    if (columns.includes(name) || (name.includes('.') && columns.includes(name.split('.')[0]!))) continue;
    const nearest = columns.length > 0 ? ` Nearest: "${closest(name, [...columns])}".` : '';
    throw new FaultError('QUESTION_MAPPING_WRONG', `${path} has no column "${name}".${nearest} Columns: ${columns.slice(0, 40).join(', ')}${columns.length > 40 ? `, and ${columns.length - 40} more` : ''}.`);
  }
}
