import { isUtf8 } from 'node:buffer';
import { parse } from 'csv-parse/sync';
import { FaultError } from '@slowthink/faults';
import { cutRows, rowBytesMax, type CutRow } from './cut-rows.ts';
import { cutLine, isBlank, oversizeRow } from './read-jsonl.ts';
import { rowOfBytes, type RowSource, type RowValues, type SourceRow } from './source-row.ts';

/**
 * CSV with a header line (RFC 4180; the delimiter is the one of , ; tab that the header has most of). A cell may hold line ends inside quotes. A row whose quotes do not
 * close costs one line: reading goes on at the line after it. Empty cells are no value. Faults: QUESTION_ROW_INVALID (quotes, number of cells). Throws QUESTION_FILE_UNREADABLE for a bad header.
 */
export async function csvSource(path: string, firstByte: number, bytesMax = rowBytesMax): Promise<RowSource> {
  let columns: readonly string[] = [];
  let delimiter = ',';
  for await (const row of cutRows(path, firstByte, cutLine, true, bytesMax)) {
    if ('oversize' in row) throw new FaultError('QUESTION_FILE_UNREADABLE', `The first line of ${path} has ${row.oversize.length} bytes: no CSV header.`);
    if (isBlank(row.bytes)) continue;
    if (!isUtf8(row.bytes)) throw new FaultError('QUESTION_FILE_UNREADABLE', `The header of ${path} is not UTF-8.`, { hint: 'Save the file as UTF-8.' });
    delimiter = delimiterOf(row.bytes.toString('utf8'));
    break;
  }
  for await (const row of cutRows(path, firstByte, cutCsv(delimiter, bytesMax), true, bytesMax)) {
    if ('oversize' in row || isBlank(row.bytes)) continue;
    columns = headerOf(path, row.bytes.toString('utf8'), delimiter, row.line);
    break;
  }
  return { format: 'csv', columns, rows: () => csvRows(path, firstByte, delimiter, columns, bytesMax) };
}

function headerOf(path: string, text: string, delimiter: string, line: number): readonly string[] {
  let columns: readonly string[];
  try { columns = cellsOf(text, delimiter, line).map((name) => name.trim()); } catch (cause) { throw new FaultError('QUESTION_FILE_UNREADABLE', `The header of ${path} is not CSV: ${(cause as Error).message}`, { cause }); }
  const twice = columns.find((name, at) => columns.indexOf(name) !== at);
  if (twice !== undefined) throw new FaultError('QUESTION_FILE_UNREADABLE', `The header of ${path} names the column "${twice}" twice.`, { hint: 'Give every column its own name.' });
  return columns;
}

async function* csvRows(path: string, firstByte: number, delimiter: string, columns: readonly string[], bytesMax: number): AsyncGenerator<SourceRow> {
  let ordinal = -1; // the header is row 0
  for await (const cut of cutRows(path, firstByte, cutCsv(delimiter, bytesMax), true, bytesMax)) {
    if (!('oversize' in cut) && isBlank(cut.bytes)) continue;
    ordinal += 1;
    if (ordinal === 0) continue;
    yield 'oversize' in cut ? oversizeRow(cut, ordinal, bytesMax) : rowOfBytes(cut.bytes, ordinal, cut.line, (text) => valuesOf(text, delimiter, columns, cut.line));
  }
}

function valuesOf(text: string, delimiter: string, columns: readonly string[], line: number): RowValues {
  const cells = cellsOf(text, delimiter, line);
  if (cells.length !== columns.length) throw new FaultError('QUESTION_ROW_INVALID', `The row on line ${line} has ${cells.length} cells; the header has ${columns.length}.`);
  return Object.fromEntries(cells.flatMap((cell, at) => (cell === '' ? [] : [[columns[at]!, cell]])));
}

function cellsOf(text: string, delimiter: string, line: number): readonly string[] {
  try {
    return (parse(text, { delimiter, relax_column_count: true }) as string[][])[0] ?? [];
  } catch (cause) {
    const reason = (cause as Error).message.replace(/ at line \d+/u, '').replace(/^The |\.$/gu, '');
    throw new FaultError('QUESTION_ROW_INVALID', `The row on line ${line} is not CSV: ${reason}.`, { cause });
  }
}

const delimiterOf = (header: string): string => [',', ';', '\t'].reduce((best, next) => (header.split(next).length > header.split(best).length ? next : best));

/** Ends a row at a line end outside quotes. Where a quote closes in mid-cell or never, the row is its first line alone, which then fails to parse. */
function cutCsv(delimiter: string, bytesMax: number): CutRow {
  const [quote, lf, cr, separator] = [0x22, 0x0a, 0x0d, delimiter.charCodeAt(0)];
  return (buffer, start, atEnd) => {
    let cellStart = true;
    let quoted = false;
    for (let at = start; at < buffer.length; at += 1) {
      const byte = buffer[at]!;
      if (quoted) {
        if (byte !== quote) continue;
        if (at + 1 === buffer.length && !atEnd) return 'more';
        const after = buffer[at + 1];
        if (after === quote) { at += 1; continue; }
        if (after !== undefined && after !== separator && after !== lf && after !== cr) return cutLine(buffer, start, atEnd);
        quoted = false;
        cellStart = false;
      } else if (byte === quote && cellStart) {
        quoted = true;
      } else if (byte === lf) {
        return { from: start, to: at > start && buffer[at - 1] === cr ? at - 1 : at, next: at + 1 };
      } else cellStart = byte === separator;
    }
    if (!atEnd) return buffer.length - start > bytesMax ? cutLine(buffer, start, false) : 'more';
    return quoted || start < buffer.length ? cutLine(buffer, start, true) : 'end';
  };
}
