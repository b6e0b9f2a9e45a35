import { FaultError } from '@slowthink/faults';
import { cutRows, rowBytesMax, type CutRow } from './cut-rows.ts';
import { originalOf } from './original.ts';
import { parseJsonRow, rowOfBytes, type RowSource, type SourceRow } from './source-row.ts';

/**
 * A JSON array of objects, read item by item: an item that is not valid JSON, but closes its brackets, is a fault and the rest goes on.
 * A file that ends inside an item gives that item as a fault (QUESTION_ROW_INVALID); so does text after the closing bracket. `firstByte` is where the array's "[" stands.
 */
export const jsonArraySource = (path: string, firstByte: number, bytesMax = rowBytesMax): RowSource => ({ format: 'json', columns: undefined, rows: () => arrayRows(path, firstByte + 1, bytesMax) });

async function* arrayRows(path: string, firstByte: number, bytesMax: number): AsyncGenerator<SourceRow> {
  let ordinal = 0;
  const state: ArrayState = { closed: false, comma: true };
  for await (const cut of cutRows(path, firstByte, cutItem(state), false, bytesMax)) {
    if ('oversize' in cut) continue; // cannot be: items are no lines, cutRows throws
    ordinal += 1;
    const item = ordinal;
    const { problem } = state;
    yield rowOfBytes(cut.bytes, item, cut.line, (text) => {
      if (problem) throw new FaultError('QUESTION_ROW_INVALID', `${problem} (line ${cut.line}, item ${item}).`);
      return parseJsonRow(text, cut.line);
    });
  }
  if (!state.closed && state.comma && ordinal > 0) {
    yield { ordinal: ordinal + 1, where: 'end', original: () => originalOf(Buffer.alloc(0)), row: { fault: new FaultError('QUESTION_ROW_INVALID', `The file ends after item ${ordinal}, before the array is closed.`, { hint: 'The file is cut off: fetch it again.' }) } };
  }
}

interface ArrayState { closed: boolean; comma: boolean; problem?: string }

const [space, tab, lf, cr, quote, backslash, comma, open, close, openBrace, closeBrace] = [0x20, 0x09, 0x0a, 0x0d, 0x22, 0x5c, 0x2c, 0x5b, 0x5d, 0x7b, 0x7d];
const isSpace = (byte: number | undefined): boolean => byte === space || byte === tab || byte === lf || byte === cr;

function cutItem(state: ArrayState): CutRow {
  return (buffer, start, atEnd) => {
    let from = start;
    while (isSpace(buffer[from])) from += 1;
    if (from === buffer.length) return atEnd ? 'end' : 'more';
    if (state.closed) return cutTail(state, buffer, from, atEnd);
    if (buffer[from] === close) {
      const rest = cutTail(state, buffer, from + 1, atEnd);
      state.closed = rest !== 'more';
      return rest;
    }
    let depth = 0;
    let inText = false;
    for (let at = from; at < buffer.length; at += 1) {
      const byte = buffer[at]!;
      if (inText) { if (byte === backslash) at += 1; else if (byte === quote) inText = false; continue; }
      if (byte === quote) inText = true;
      else if (byte === open || byte === openBrace) depth += 1;
      else if (depth === 0 && (byte === comma || byte === close)) {
        state.closed = byte === close;
        state.comma = byte === comma;
        return { from, to: at, next: at + 1 };
      } else if (byte === close || byte === closeBrace) depth -= 1;
    }
    if (!atEnd) return 'more';
    state.comma = false;
    state.problem = 'The file ends inside this row';
    return { from, to: buffer.length, next: buffer.length };
  };
}

/** What stands after the closing bracket: nothing but spaces, or one row that says so. */
function cutTail(state: ArrayState, buffer: Buffer, start: number, atEnd: boolean): ReturnType<CutRow> {
  let from = start;
  while (isSpace(buffer[from])) from += 1;
  if (from === buffer.length) return atEnd ? 'end' : 'more';
  if (state.problem) return 'end';
  state.problem = 'Text stands after the closing bracket of the array; it was not read';
  return { from, to: buffer.length, next: buffer.length };
}
