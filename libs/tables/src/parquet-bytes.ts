import { DataType, type RecordBatch, type Schema } from 'apache-arrow';
import parquet, { type ParquetField } from 'parquetjs-lite';
import { nullableElements } from './arrow-schema.ts';
import { rowsOf, type CellShape } from './batch-rows.ts';
import { shredRow, shreddersOf } from './shred-row.ts';

// The settings that DuckDB and pyarrow read without loss: statistics off (its string statistics make DuckDB drop rows), data page v1, no page index.
export const writerOptions = { useDataPageV2: false, pageIndex: false, rowGroupSize: 1_000 } as const;

/**
 * A record batch as the bytes of one Parquet file; the same batch gives the same bytes. Lists are three-level Parquet lists (list.element), elements of `rights` and `simulations`
 * are optional, everything else is required, so that DuckDB reads the declared types. Memory: the file.
 */
export async function parquetBytes(batch: RecordBatch): Promise<readonly Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  const schema = parquetSchemaOf(batch.schema);
  const envelope = new parquet.ParquetEnvelopeWriter(schema, (bytes) => { chunks.push(bytes); return Promise.resolve(); }, () => Promise.resolve(), 0, writerOptions);
  const writer = new parquet.ParquetWriter(schema, envelope, writerOptions);
  const shredders = shreddersOf(schema.fields);
  let place = 0; // in the row group
  for (const row of rowsOf(batch, parquetShape)) {
    if (place > 0 && place < writerOptions.rowGroupSize - 1) shredRow(shredders, row, writer.rowBuffer);
    else await writer.appendRow(row); // the first row makes the group's buffer, the last one writes it
    place = (place + 1) % writerOptions.rowGroupSize;
  }
  await writer.close();
  return chunks;
}

export const parquetShape: CellShape = {
  text: (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength),
  list: (items) => ({ list: items.map((element) => ({ element })) }),
};

export const parquetSchemaOf = (schema: Schema): InstanceType<typeof parquet.ParquetSchema> =>
  new parquet.ParquetSchema(Object.fromEntries(schema.fields.map(({ name, type }) => [name, parquetFieldOf(type, false, nullableElements.has(name))])));

function parquetFieldOf(type: DataType, optional: boolean, optionalElements = false): ParquetField {
  if (DataType.isList(type)) return { type: 'LIST', optional, fields: { list: { repeated: true, fields: { element: parquetFieldOf(type.children[0]!.type, optionalElements) } } } };
  if (DataType.isStruct(type)) return { optional, fields: Object.fromEntries(type.children.map((child) => [child.name, parquetFieldOf(child.type, false)])) };
  return { type: primitiveOf(type), optional, statistics: false, compression: 'SNAPPY' };
}

function primitiveOf(type: DataType): string {
  if (DataType.isUtf8(type)) return 'UTF8';
  if (DataType.isBool(type)) return 'BOOLEAN';
  if (DataType.isInt(type)) return type.bitWidth === 64 ? 'INT64' : 'INT32';
  if (DataType.isFloat(type)) return 'DOUBLE';
  throw new TypeError(`no Parquet type for ${String(type)}`);
}
