// Rows into columns, as parquetjs-lite does it (Dremel's repetition and definition levels) but in one pass: its own way collects each row's distinct values for statistics that our parts do not have, and costs four times as much.
import { toPrimitive } from 'parquetjs-lite/lib/types.js';
import type { RowBuffer, SchemaField } from 'parquetjs-lite';

/** A field of the schema with what a row needs of it. */
export interface Shredder {
  readonly name: string;
  readonly path: string;
  readonly required: boolean;
  readonly repeated: boolean;
  readonly type: string;
  readonly repetitionMax: number;
  readonly definitionMax: number;
  readonly children: readonly Shredder[] | undefined; // undefined: a column
}

export const shreddersOf = (fields: { readonly [name: string]: SchemaField }): readonly Shredder[] => Object.entries(fields).map(([name, field]) => ({
  name, path: field.path.join(','), required: field.repetitionType === 'REQUIRED', repeated: field.repetitionType === 'REPEATED', type: field.originalType ?? field.primitiveType ?? '',
  repetitionMax: field.rLevelMax, definitionMax: field.dLevelMax, children: field.isNested === true ? shreddersOf(field.fields!) : undefined,
}));

/** Adds one row to a buffer that holds at least one already. RangeError for a row that does not fit the schema. */
export function shredRow(shredders: readonly Shredder[], row: object, buffer: RowBuffer): void {
  shred(shredders, row as Cells, buffer.columnData, 0, 0);
  buffer.rowCount++;
  buffer.pageRowCount++;
}

interface Cells { readonly [name: string]: unknown }

function shred(shredders: readonly Shredder[], record: Cells | undefined, columns: RowBuffer['columnData'], repetition: number, definition: number): void {
  for (const { name, path, required, repeated, type, repetitionMax, definitionMax, children } of shredders) {
    const cell = record?.[name] ?? undefined;
    const column = children === undefined ? columns[path]! : undefined;
    const put = (value: unknown, at: number): void => {
      if (children !== undefined) { shred(children, value as Cells, columns, at, definitionMax); return; }
      column!.values.push(toPrimitive(type, value));
      column!.rlevels.push(at);
      column!.dlevels.push(definitionMax);
      column!.count++;
    };
    const many = Array.isArray(cell);
    if (cell !== undefined && !many) put(cell, repetition);
    else if (many && cell.length > 0) {
      if (cell.length > 1 && !repeated) throw new RangeError(`${path} holds ${cell.length} values`);
      for (const [place, value] of cell.entries()) put(value, place === 0 ? repetition : repetitionMax);
    } else if (required && record !== undefined) throw new RangeError(`${path} is missing`);
    else if (children !== undefined) shred(children, undefined, columns, repetition, definition);
    else {
      column!.rlevels.push(repetition);
      column!.dlevels.push(definition);
      column!.count++;
    }
  }
}
