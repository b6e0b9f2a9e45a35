// The parts of a replay that parquetjs-lite and DuckDB do, and nothing else.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import parquet from 'parquetjs-lite';
import { preferenceRow, preferenceStepsRow, prmRow, sftRow } from '@slowthink/labels';
import type { PairRecord, TrajectoryRecord } from '@slowthink/records';
import { rowsOf as cellsOf, tableKinds, toRecordBatch, type RowOf, type TableKind } from '@slowthink/tables';
import { parquetSchemaOf, parquetShape, writerOptions } from '../../libs/tables/src/parquet-bytes.ts';

export type Labelled = TrajectoryRecord | PairRecord;

const rowsPerPart = 250;

const isChain = (one: Labelled): one is TrajectoryRecord => one.type === 'trajectory';
const rowsOf = (some: readonly Labelled[]): { readonly [Kind in TableKind]: readonly RowOf[Kind][] } => {
  const [chains, pairs] = [some.filter(isChain), some.filter((one): one is PairRecord => !isChain(one))];
  return { prm: chains.map(prmRow), sft: chains.filter(({ sft }) => sft).map(sftRow), preference: pairs.filter(({ finished }) => finished).map(preferenceRow), preference_steps: pairs.filter(({ finished }) => !finished).map(preferenceStepsRow) };
};

/** Seconds in which parquetjs-lite has written the rows of records to files, as many in each as a part holds; making the rows and fsync are not counted. */
export async function writeRows(folder: string, records: AsyncIterable<readonly Labelled[]>): Promise<number> {
  let [ms, files] = [0, 0];
  for await (const some of records) {
    for (let from = 0; from < some.length; from += rowsPerPart) {
      const rows = rowsOf(some.slice(from, from + rowsPerPart));
      for (const kind of tableKinds) {
        const batch = toRecordBatch(kind, rows[kind] as never, rows[kind].map((_, offset) => ({ partition: 0, offset, attempt: 1 })));
        if (batch.numRows === 0) continue;
        const plain = [...cellsOf(batch, parquetShape)];
        const start = performance.now();
        const writer = await parquet.ParquetWriter.openFile(parquetSchemaOf(batch.schema), join(folder, `${files++}.parquet`), writerOptions);
        for (const row of plain) await writer.appendRow(row);
        await writer.close();
        ms += performance.now() - start;
      }
    }
  }
  return ms / 1000;
}

/** Seconds in which DuckDB has copied all parts into one sorted, compressed file a kind, on as many threads as it likes. */
export async function copyParts(parts: string, out: string): Promise<number> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const start = performance.now();
  for (const kind of tableKinds) {
    const own = readdirSync(parts).filter((file) => file.startsWith(`${kind}-`) && file.endsWith('.parquet'));
    if (own.length === 0) continue;
    await connection.run(`COPY (SELECT * FROM read_parquet([${own.map((file) => `'${join(parts, file)}'`).join(', ')}]) ORDER BY question_id, tree_id, ordinal) TO '${join(out, `${kind}.parquet`)}' (FORMAT parquet, COMPRESSION zstd)`);
  }
  return (performance.now() - start) / 1000;
}
