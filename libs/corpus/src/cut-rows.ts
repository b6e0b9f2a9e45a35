import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { FaultError } from '@slowthink/faults';
import { headOf, type Original } from './original.ts';

/** Where the next row stands in a buffer: bytes [from, to) are the row, the one after it is looked for at `next`. */
export interface Cut { readonly from: number; readonly to: number; readonly next: number }

/** Finds the first row at or after `start`; 'more' when the buffer ends inside it, 'end' when no row follows. With `atEnd` no more bytes come. */
export type CutRow = (buffer: Buffer, start: number, atEnd: boolean) => Cut | 'more' | 'end';

export interface RowBytes { readonly line: number; readonly bytes: Buffer }
/** A row longer than the limit: passed over, with what a fault keeps of it. */
export interface OversizeRow { readonly line: number; readonly oversize: Original }

const readBytes = 1024 * 1024;
const newline = 0x0a;

export const rowBytesMax = 64 * 1024 * 1024;

/**
 * Cuts a file into rows, in order, each with the line (1-based) where it begins. Memory: at most 2 x `bytesMax`, usually 1 MB. A row longer than `bytesMax` is passed over
 * up to its line end and comes out as an OversizeRow; where rows are no lines (`rowsAreLines` false) that throws QUESTION_FILE_UNREADABLE. The reader grows with the row, so cost is linear.
 */
export async function* cutRows(path: string, firstByte: number, cut: CutRow, rowsAreLines: boolean, bytesMax = rowBytesMax): AsyncGenerator<RowBytes | OversizeRow> {
  await using file = await open(path, 'r');
  let buffer: Buffer = Buffer.alloc(0);
  let position = firstByte; // of the next byte to read
  let start = 0; // in buffer: where the next row is looked for
  let line = 1 + (firstByte > 0 ? countLines(await readAt(file, 0, firstByte)) : 0); // at buffer[start]
  let atEnd = false;
  for (;;) {
    const found = cut(buffer, start, atEnd);
    if (found === 'end' || (found === 'more' && atEnd)) return;
    if (found !== 'more') {
      line += countLines(buffer.subarray(start, found.from));
      yield { line, bytes: buffer.subarray(found.from, found.to) };
      line += countLines(buffer.subarray(found.from, found.next));
      start = found.next;
      continue;
    }
    buffer = buffer.subarray(start);
    start = 0;
    if (buffer.length > bytesMax) {
      const blank = Math.max(0, buffer.findIndex((byte) => byte > 0x20));
      if (!rowsAreLines) throw new FaultError('QUESTION_FILE_UNREADABLE', `${path}:${line + countLines(buffer.subarray(0, blank))} begins a row longer than ${bytesMax} bytes.`, { hint: 'Shorten the row, or save the file as JSONL: there a row that long is passed over.' });
      const skipped = await skipLine(file, buffer, position);
      yield { line, oversize: skipped.original };
      line += 1;
      buffer = Buffer.alloc(0);
      position = skipped.next;
      continue;
    }
    const chunk = await readAt(file, position, Math.max(readBytes, buffer.length));
    atEnd = chunk.length === 0;
    position += chunk.length;
    buffer = Buffer.concat([buffer, chunk]);
  }
}

type File = Awaited<ReturnType<typeof open>>;

async function readAt(file: File, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.allocUnsafe(length), 0, length, position);
  return buffer.subarray(0, bytesRead);
}

async function skipLine(file: File, head: Buffer, position: number): Promise<{ readonly original: Original; readonly next: number }> {
  const hash = createHash('sha256').update(head);
  let length = head.length;
  for (;;) {
    const chunk = await readAt(file, position, readBytes);
    const at = chunk.indexOf(newline);
    const rest = at < 0 ? chunk : chunk.subarray(0, at);
    hash.update(rest);
    length += rest.length;
    position += at < 0 ? chunk.length : at + 1;
    if (at >= 0 || chunk.length === 0) return { original: { text: headOf(head), length, sha256: hash.digest('hex') }, next: position };
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(newline); at >= 0; at = bytes.indexOf(newline, at + 1)) lines += 1;
  return lines;
}
