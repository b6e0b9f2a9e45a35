import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects, parquetSchema, type Compressors } from 'hyparquet';
import { FaultError } from '@slowthink/faults';
import { originalOf } from './original.ts';
import type { RowSource, RowValues, SourceRow } from './source-row.ts';

export const rowGroupBytesMax = 1024 ** 3;

const compressors: Compressors = {
  ZSTD: (input) => zstdDecompressSync(input),
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

/** Stands where a Parquet string is no UTF-8. */
class InvalidText { readonly bytes: Uint8Array; constructor(bytes: Uint8Array) { this.bytes = bytes; } }
const parsers = { stringFromBytes: (bytes: Uint8Array | undefined): unknown => bytes && (isUtf8(bytes) ? Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8') : new InvalidText(bytes)) };

/** Parquet: uncompressed, snappy, zstd, gzip, brotli. Memory: the wanted columns of one row group (at most 1 GiB in all columns). Throws QUESTION_FILE_UNREADABLE. */
export async function parquetSource(path: string): Promise<RowSource> {
  const unreadable = (cause: unknown): FaultError => (cause instanceof FaultError ? cause : new FaultError('QUESTION_FILE_UNREADABLE', `${path} cannot be read as Parquet: ${(cause as Error).message}.`, { cause, hint: 'Write the file again, with snappy or zstd, or give it as JSONL.' }));
  try {
    const file = await asyncBufferFromFile(path);
    const metadata = await parquetMetadataAsync(file);
    const columns = parquetSchema(metadata).children.map((child) => child.element.name);
    return {
      format: 'parquet',
      columns,
      async* rows(only = columns): AsyncGenerator<SourceRow> {
        let rowStart = 0;
        for (const [index, group] of metadata.row_groups.entries()) {
          const rowEnd = rowStart + Number(group.num_rows);
          if (Number(group.total_byte_size) > rowGroupBytesMax) {
            throw new FaultError('QUESTION_FILE_UNREADABLE', `Row group ${index + 1} of ${path} has ${group.total_byte_size} bytes; at most ${rowGroupBytesMax} are read at once.`, { hint: 'Write the file with smaller row groups.' });
          }
          let values: RowValues[];
          try { values = await parquetReadObjects({ file, metadata, rowStart, rowEnd, columns: columns.filter((name) => only.includes(name)), compressors, parsers: parsers as never }); } catch (cause) { throw unreadable(cause); }
          for (const [at, row] of values.entries()) yield rowOf(row, rowStart + at + 1);
          rowStart = rowEnd;
        }
      },
    };
  } catch (cause) { throw unreadable(cause); }
}

function rowOf(values: RowValues, ordinal: number): SourceRow {
  const broken = Object.entries(values).find(([, value]) => holdsInvalidText(value));
  const row = broken ? { fault: new FaultError('QUESTION_ENCODING', `Row ${ordinal} is not UTF-8 in the column "${broken[0]}".`) } : { values };
  return { ordinal, where: `row ${ordinal}`, row, original: () => originalOf(Buffer.from(JSON.stringify(values, showValue))) };
}

const holdsInvalidText = (value: unknown): boolean => value instanceof InvalidText || (value !== null && typeof value === 'object' && !ArrayBuffer.isView(value) && Object.values(value).some(holdsInvalidText));
const showValue = (_key: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value instanceof InvalidText ? Buffer.from(value.bytes).toString('latin1') : value);
