import { FaultError } from '@slowthink/faults';
import { cutRows, rowBytesMax, type CutRow } from './cut-rows.ts';
import { parseJsonRow, rowOfBytes, type RowSource, type SourceRow } from './source-row.ts';

/** JSONL: one object a line; blank lines are no rows. A line longer than `bytesMax` is a fault (QUESTION_ROW_INVALID) and passed over. */
export const jsonlSource = (path: string, firstByte: number, bytesMax = rowBytesMax): RowSource => ({ format: 'jsonl', columns: undefined, rows: () => jsonlRows(path, firstByte, bytesMax) });

async function* jsonlRows(path: string, firstByte: number, bytesMax: number): AsyncGenerator<SourceRow> {
  let ordinal = 0;
  for await (const cut of cutRows(path, firstByte, cutLine, true, bytesMax)) {
    if ('oversize' in cut) yield oversizeRow(cut, ++ordinal, bytesMax);
    else if (!isBlank(cut.bytes)) yield rowOfBytes(cut.bytes, ++ordinal, cut.line, (text) => parseJsonRow(text, cut.line));
  }
}

export const oversizeRow = (cut: { readonly line: number; readonly oversize: ReturnType<SourceRow['original']> }, ordinal: number, bytesMax: number): SourceRow => ({
  ordinal, where: String(cut.line), original: () => cut.oversize,
  row: { fault: new FaultError('QUESTION_ROW_INVALID', `The row on line ${cut.line} has ${cut.oversize.length} bytes; at most ${bytesMax} are read.`) },
});

/** A row is a line without its line end (\n or \r\n). */
export const cutLine: CutRow = (buffer, start, atEnd) => {
  const at = buffer.indexOf(0x0a, start);
  if (at < 0) return !atEnd ? 'more' : start < buffer.length ? { from: start, to: buffer.length, next: buffer.length } : 'end';
  return { from: start, to: at > start && buffer[at - 1] === 0x0d ? at - 1 : at, next: at + 1 };
};

export const isBlank = (bytes: Buffer): boolean => bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d);
