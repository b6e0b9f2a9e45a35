import parquet from 'parquetjs-lite';
import { expect, it } from 'vitest';
import type { RecordBatch } from 'apache-arrow';
import { rowsOf } from './batch-rows.ts';
import { parquetBytes, parquetSchemaOf, parquetShape, writerOptions } from './parquet-bytes.ts';
import { toRecordBatch } from './record-batch.ts';
import { preferenceRow, prmRow, sftRow } from './sample-rows.ts';
import { shredRow, shreddersOf } from './shred-row.ts';

/** The file as parquetjs-lite alone writes it. */
async function plainly(batch: RecordBatch): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  const schema = parquetSchemaOf(batch.schema);
  const envelope = new parquet.ParquetEnvelopeWriter(schema, (bytes) => { chunks.push(bytes); return Promise.resolve(); }, () => Promise.resolve(), 0, writerOptions);
  const writer = new parquet.ParquetWriter(schema, envelope, writerOptions);
  for (const row of rowsOf(batch, parquetShape)) await writer.appendRow(row);
  await writer.close();
  return Buffer.concat(chunks);
}

const lineage = (count: number) => Array.from({ length: count }, (_, offset) => ({ partition: 0, offset, attempt: 1 }));
const several = <Row>(count: number, rowOf: (at: number) => Row): Row[] => Array.from({ length: count }, (_, at) => rowOf(at));
const steps = (at: number) => several(at % 4, (step) => step / 4); // 0 to 3 of them

it.each([1, 1000, 2001])('gives the bytes that parquetjs-lite gives, for %i rows of each kind, empty lists and nulls among them', async (count) => {
  const prm = several(count, (question) => prmRow({ question }, { completions: steps(question).map(String), labels: steps(question).map((value) => value > 0.2), values: steps(question), targets: steps(question), visits: steps(question).map(() => question), rights: steps(question).map((value) => (value === 0 ? null : 1)), simulations: steps(question).map(() => null), node_ids: steps(question).map(String), request_ids: steps(question).map(String) }));
  const batches = [
    toRecordBatch('prm', prm, lineage(count)),
    toRecordBatch('sft', several(count, (question) => sftRow({ question }, question % 3 === 0 ? { prompt: [] } : {})), lineage(count)),
    toRecordBatch('preference', several(count, (question) => preferenceRow({ question }, {})), lineage(count)),
  ];
  for (const batch of batches) expect(Buffer.concat(await parquetBytes(batch)).equals(await plainly(batch))).toBe(true);
});

it('refuses a row that does not fit', () => {
  const shredders = shreddersOf(new parquet.ParquetSchema({ name: { type: 'UTF8' } }).fields);
  const buffer = () => ({ columnData: { name: { values: [], rlevels: [], dlevels: [], count: 0 } }, rowCount: 0, pageRowCount: 0 });
  expect(() => shredRow(shredders, {}, buffer())).toThrow('name is missing');
  expect(() => shredRow(shredders, { name: ['a', 'b'] }, buffer())).toThrow('name holds 2 values');
});
