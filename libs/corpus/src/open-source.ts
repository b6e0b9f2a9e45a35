import { open, stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { csvSource } from './read-csv.ts';
import { jsonArraySource } from './read-json.ts';
import { jsonlSource } from './read-jsonl.ts';
import { parquetSource } from './read-parquet.ts';
import type { RowSource } from './source-row.ts';

/**
 * Opens a question file. The content decides between Parquet (magic bytes), a JSON array ("[") and JSONL ("{"); a name in .csv or .tsv makes it CSV. A UTF-8 byte order mark is passed over.
 * Throws QUESTION_FILE_MISSING, QUESTION_FILE_EMPTY (nothing but spaces), QUESTION_FILE_UNREADABLE. `bytesMax`: longest row.
 */
export async function openSource(path: string, bytesMax?: number): Promise<RowSource> {
  const head = await readHead(path);
  const mark = head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const start = head.subarray(mark).findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d);
  if (start < 0 && head.length < headBytes) throw new FaultError('QUESTION_FILE_EMPTY', `${path} is empty.`);
  const extension = extname(path).toLowerCase();
  if (head.subarray(0, 4).toString('latin1') === 'PAR1') return parquetSource(path);
  if (extension === '.parquet') throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} is no Parquet file: it does not begin with PAR1.`);
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} is UTF-16.`, { hint: 'Save the file as UTF-8.' });
  if (extension === '.csv' || extension === '.tsv') return csvSource(path, mark, bytesMax);
  const first = String.fromCharCode(head[mark + start] ?? 0);
  if (first === '[') return jsonArraySource(path, mark + start, bytesMax);
  if (extension === '.jsonl' || extension === '.ndjson') return jsonlSource(path, mark, bytesMax);
  if (first === '{') {
    if (!(await firstLineIsJson(path, mark))) throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} holds one JSON object over several lines; an array of rows, or one object a line, is wanted.`);
    return jsonlSource(path, mark, bytesMax);
  }
  throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} begins with ${JSON.stringify(head.subarray(0, 24).toString('utf8'))}: neither JSON, JSONL, CSV nor Parquet.`);
}

const headBytes = 4096;

async function readHead(path: string): Promise<Buffer> {
  try {
    if (!(await stat(path)).isFile()) throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} is a folder, no file.`, { hint: 'Give the files in it.' });
    await using file = await open(path, 'r');
    const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
    return buffer.subarray(0, bytesRead);
  } catch (cause) {
    if (cause instanceof FaultError) throw cause;
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') throw new FaultError('QUESTION_FILE_MISSING', `There is no file ${path}.`, { cause });
    throw new FaultError('QUESTION_FILE_UNREADABLE', `${path} cannot be opened: ${(cause as Error).message}.`, { cause, hint: 'Check that you may read the file.' });
  }
}

async function firstLineIsJson(path: string, mark: number): Promise<boolean> {
  for await (const { row } of jsonlSource(path, mark).rows()) return !('fault' in row && /is not JSON/u.test(row.fault.message));
  return false;
}
