import { isUtf8 } from 'node:buffer';
import { FaultError } from '@slowthink/faults';
import { originalOf, type Original } from './original.ts';

/** One row of a question file, whatever the format: its named values, or the fault why it has none. */
export interface SourceRow {
  readonly ordinal: number; // 1 = first row of the file; a CSV header is no row
  readonly where: string; // "12": the line (1-based) where the row begins; Parquet has no lines: "row 12"
  readonly row: { readonly values: RowValues } | { readonly fault: FaultError };
  /** Computed when asked for: only faults keep it. */
  readonly original: () => Original;
}

export type RowValues = { readonly [column: string]: unknown };

/** A question file that was opened and recognised; `rows` may be called more than once and closes the file when its reader stops. */
export interface RowSource {
  readonly format: 'json' | 'jsonl' | 'csv' | 'parquet'; // as the content says, or the name for CSV
  /** All column names where the format has a header (CSV, Parquet); a row of JSON may have its own. */
  readonly columns: readonly string[] | undefined;
  /** In file order. Memory: one row (CSV, JSON, JSONL), one row group (Parquet). `only`: top-level columns that are wanted, all when left out. */
  readonly rows: (only?: readonly string[]) => AsyncGenerator<SourceRow>;
}

/** A row of bytes: QUESTION_ENCODING when they are no UTF-8, else what `parse` makes of the text; a FaultError that `parse` throws becomes the row's fault. */
export function rowOfBytes(bytes: Buffer, ordinal: number, line: number, parse: (text: string) => RowValues): SourceRow {
  return { ordinal, where: String(line), row: valuesOf(bytes, line, parse), original: () => originalOf(bytes) };
}

function valuesOf(bytes: Buffer, line: number, parse: (text: string) => RowValues): SourceRow['row'] {
  if (!isUtf8(bytes)) {
    const at = firstInvalidByte(bytes);
    return { fault: new FaultError('QUESTION_ENCODING', `The row on line ${line} is not UTF-8: byte ${at + 1} of the row is 0x${bytes[at]!.toString(16).padStart(2, '0')}.`) };
  }
  try {
    return { values: parse(bytes.toString('utf8')) };
  } catch (error) {
    if (error instanceof FaultError) return { fault: error };
    throw error;
  }
}

/** JSON text of one row that must be an object. Throws QUESTION_ROW_INVALID. */
export function parseJsonRow(text: string, line: number): RowValues {
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) { throw new FaultError('QUESTION_ROW_INVALID', `The row on line ${line} is not JSON: ${(cause as Error).message}.`, { cause }); }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    throw new FaultError('QUESTION_ROW_INVALID', `The row on line ${line} is ${value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`}; an object with named fields is wanted.`);
  }
  return value as RowValues;
}

function firstInvalidByte(bytes: Buffer): number {
  let at = 0; // bytes before the character
  for (const character of bytes.toString('utf8')) {
    if (character === '\ufffd' && !(bytes[at] === 0xef && bytes[at + 1] === 0xbf && bytes[at + 2] === 0xbd)) return at;
    at += Buffer.byteLength(character);
  }
  return 0;
}
