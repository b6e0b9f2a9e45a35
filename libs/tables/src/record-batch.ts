import { DataType, RecordBatch, Struct, makeBuilder, makeData, type Data, type Schema } from 'apache-arrow';
import { FaultError } from '@slowthink/faults';
import { isPreferenceRow, isPreferenceStepsRow, isPrmRow, isSftRow, type PrmRow } from '@slowthink/records';
import { partSchemaOf, type Lineage } from './arrow-schema.ts';
import type { RowOf, TableKind, TableRow } from './kinds.ts';

export interface Row { readonly [column: string]: unknown }

/**
 * The Arrow record batch of `rows` with their lineage columns (`lineage[i]` belongs to `rows[i]`): what the row sink takes. Columns as partSchemaOf declares them.
 * Throws RECORD_INVALID that names row and field: not of the schema, lists of different lengths, a value outside 0..1, an integer that its column cannot hold.
 */
export function toRecordBatch<Kind extends TableKind>(kind: Kind, rows: readonly RowOf[Kind][], lineage: readonly Lineage[]): RecordBatch {
  if (rows.length !== lineage.length) throw new RangeError(`${rows.length} rows and ${lineage.length} lineage entries`);
  for (const row of rows) checkRow(kind, row);
  return batchOf(partSchemaOf(kind), rows.map((row, index): Row => {
    const { partition, offset, attempt } = lineage[index]!;
    return { ...row, lineage_partition: partition, lineage_offset: offset, lineage_attempt: attempt };
  }));
}

/** A record batch of plain rows under a declared schema: numbers or bigints for Int64, numbers elsewhere, null only where the row has null. */
export function batchOf(schema: Schema, rows: readonly Row[]): RecordBatch {
  const children = schema.fields.map((field) => columnOf(field.type, field.name, rows));
  return new RecordBatch(schema, makeData({ type: new Struct(schema.fields), length: rows.length, nullCount: 0, children }));
}

function columnOf(type: DataType, name: string, rows: readonly Row[]): Data {
  const builder = makeBuilder({ type, nullValues: [null] });
  for (const row of rows) builder.append(arrowValueOf(type, row[name], () => `${String(row['id'])} ${name}`));
  return builder.finish().flush();
}

function arrowValueOf(type: DataType, value: unknown, where: () => string): unknown {
  if (value === null) return null;
  if (DataType.isList(type)) return (value as readonly unknown[]).map((item) => arrowValueOf(type.children[0]!.type, item, where));
  if (DataType.isInt(type)) return type.bitWidth === 64 ? wholeNumber(value, Number.MAX_SAFE_INTEGER, where, BigInt) : wholeNumber(value, 2 ** 31 - 1, where, Number);
  if (DataType.isFloat(type)) return (value as number) + 0; // -0 becomes 0
  return value;
}

function wholeNumber<T>(value: unknown, max: number, where: () => string, as: (value: number | bigint) => T): T {
  const number = Number(value);
  if (!Number.isInteger(number) || Math.abs(number) > max) throw new FaultError('RECORD_INVALID', `${where()} holds ${String(value)}; the column takes whole numbers up to ${max}.`);
  return as(value as number | bigint);
}

const validators = { prm: isPrmRow, sft: isSftRow, preference: isPreferenceRow, preference_steps: isPreferenceStepsRow } as const;

function checkRow(kind: TableKind, row: TableRow): void {
  const validate = validators[kind];
  const fail = (what: string): never => { throw new FaultError('RECORD_INVALID', `The ${kind} row ${String(row.id)} is not valid: ${what}.`); };
  if (!validate(row)) { const problem = validate.errors?.[0]; fail(`${problem?.instancePath || '/'} ${problem?.message ?? ''}`); }
  for (const [nodes, requests] of idLists) {
    const [ids, asked] = [(row as unknown as Row)[nodes], (row as unknown as Row)[requests]] as readonly (readonly string[] | undefined)[];
    if (ids?.length !== asked?.length) fail(`${ids?.length} ${nodes} and ${asked?.length} ${requests}`);
  }
  for (const name of unitColumns) { const value = (row as unknown as Row)[name] as number | undefined; if (value !== undefined && !inRange(value)) fail(`${name} is ${value}, not in 0..1`); }
  if (kind === 'prm') checkSteps(row as PrmRow, fail);
}

const idLists = [['node_ids', 'request_ids'], ['chosen_node_ids', 'chosen_request_ids'], ['rejected_node_ids', 'rejected_request_ids']] as const;
const unitColumns = ['min_value', 'gap', 'chosen_value', 'rejected_value'] as const; // 0..1 where a kind has them

function checkSteps(row: PrmRow, fail: (what: string) => never): void {
  for (const list of ['labels', 'targets', 'values', 'visits', 'rights', 'simulations'] as const) {
    if (row[list].length !== row.completions.length) fail(`${row.completions.length} completions and ${row[list].length} ${list}`);
  }
  for (const [what, numbers] of [['value', row.values], ['target', row.targets]] as const) {
    const outside = numbers.find((number) => !inRange(number));
    if (outside !== undefined) fail(`a ${what} is ${outside}, not in 0..1`);
  }
}

const inRange = (value: number): boolean => value >= 0 && value <= 1;
