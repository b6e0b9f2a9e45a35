import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { RecordBatchReader } from 'apache-arrow';
import { arrowSchemaOf } from './arrow-schema.ts';
import { rowsOf } from './batch-rows.ts';
import { guardedColumns, sqlPath, withoutGuard } from './column-sql.ts';
import type { RowOf, TableKind } from './kinds.ts';
import { listFolder } from './part-files.ts';

/** The first `n` rows (of the first file) of a kind in a sealed data set, either format, train before test; none if the data set has no such rows. */
export async function previewRows<Kind extends TableKind>(out: string, kind: Kind, n: number): Promise<readonly RowOf[Kind][]> {
  const names = (await listFolder(join(out, kind))).filter((name) => /^(train|test)-\d{5}-of-\d{5}\.(parquet|arrow)$/.test(name));
  const first = names.find((name) => name.startsWith('train-')) ?? names[0];
  if (first === undefined) return [];
  const path = join(out, kind, first);
  const rows = first.endsWith('.arrow') ? await firstArrowRows(path, n) : await firstParquetRows(path, kind, n);
  return rows.map((row) => ({ ...row, seed: Number(row['seed']) })) as unknown as readonly RowOf[Kind][];
}

async function firstParquetRows(path: string, kind: TableKind, n: number): Promise<readonly Record<string, unknown>[]> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' });
  const connection = await instance.connect();
  try {
    const result = await connection.runAndReadAll(`SELECT ${guardedColumns(arrowSchemaOf(kind))} FROM read_parquet(${sqlPath(path)}) LIMIT ${Math.max(0, Math.trunc(n))}`);
    return withoutGuard(result.getRowObjectsJS()) as Record<string, unknown>[];
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function firstArrowRows(path: string, n: number): Promise<readonly Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  const handle = await open(path, 'r');
  try {
    for await (const batch of await RecordBatchReader.from(handle)) {
      for (const row of rowsOf(batch)) { if (rows.length >= n) return rows; rows.push(row); }
    }
    return rows;
  } finally { await handle.close(); }
}
