import { createHash, type Hash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { FaultError } from '@slowthink/faults';
import { isVerdictsRecord, type VerdictsRecord } from '@slowthink/records';
import { resultPaths } from './folder.ts';

/** The items file that a path means: itself, or that of the folder of an evaluation or of its results. RESULTS_MISSING. */
export function itemsFileOf(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) return path;
  const inside = [resultPaths(path).items, `${path.replace(/\/+$/, '')}/items.jsonl`].find((each) => statSync(each, { throwIfNoEntry: false })?.isFile() === true);
  if (inside === undefined) throw new FaultError('RESULTS_MISSING', found === undefined ? `There is no file or folder ${path}.` : `${path} holds no results of an evaluation.`);
  return inside;
}

export interface ReadItemsOptions {
  /** sha256 that the file must have, as its summary says; undefined: whatever it holds. */
  readonly sha256?: string | undefined;
}

/** The items of a results file, in its order; a line at a time in memory. RESULTS_BROKEN names the line that is no item, or says that the file is not the whole one. */
export async function* readItems(path: string, options: ReadItemsOptions = {}): AsyncGenerator<VerdictsRecord> {
  for await (const { item } of readItemLines(path, options)) yield item;
}

/** The same, and where in the file each item stands, in bytes. */
export async function* readItemLines(path: string, { sha256 }: ReadItemsOptions = {}): AsyncGenerator<{ readonly item: VerdictsRecord; readonly at: number; readonly length: number }> {
  const hash = sha256 === undefined ? undefined : createHash('sha256');
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024 });
  if (hash !== undefined) stream.on('data', (chunk) => hash.update(chunk));
  let line = 0, at = 0;
  try {
    for await (const bytes of linesOf(stream)) {
      line++;
      if (bytes.length > 0) yield { item: parse(bytes.toString('utf8'), path, line), at, length: bytes.length };
      at += bytes.length + 1;
    }
  } catch (error) {
    if (error instanceof FaultError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    throw new FaultError('RESULTS_BROKEN', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  } finally { stream.destroy(); }
  checkHash(hash, sha256, path, line);
}

/** Cut at line feeds alone: node:readline also ends a line at U+2028, which stands in JSON as it is. */
async function* linesOf(chunks: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  let open: Buffer[] = [];
  for await (const chunk of chunks as AsyncIterable<Buffer>) {
    let from = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, from)) {
      yield open.length === 0 ? chunk.subarray(from, end) : Buffer.concat([...open, chunk.subarray(from, end)]);
      open = [];
      from = end + 1;
    }
    if (from < chunk.length) open.push(chunk.subarray(from));
  }
  if (open.length > 0) yield Buffer.concat(open);
}

function parse(text: string, path: string, line: number): VerdictsRecord {
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) { throw new FaultError('RESULTS_BROKEN', `${path}, line ${line}, is no JSON: it ends in the middle, or was changed.`, { cause }); }
  if (!isVerdictsRecord(value)) {
    const problem = isVerdictsRecord.errors?.[0];
    throw new FaultError('RESULTS_BROKEN', `${path}, line ${line}, is no item of an evaluation: ${problem?.instancePath || '/'} ${problem?.message ?? ''}.`);
  }
  return value;
}

function checkHash(hash: Hash | undefined, expected: string | undefined, path: string, lines: number): void {
  if (hash !== undefined && hash.digest('hex') !== expected) throw new FaultError('RESULTS_BROKEN', `${path} is not the file that its summary was made from (${lines} lines): a part is missing, or it was changed.`);
}
