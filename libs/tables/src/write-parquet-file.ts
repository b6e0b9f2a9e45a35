import { sqlText } from './column-sql.ts';
import type { DuckDbSession } from './duckdb-session.ts';

/** Rows of a row group: 30 to 90 MB of reasoning chains. */
const rowGroupRows = 20_000;

/**
 * Writes the rows of `select`, which must name a total order, into one Parquet file: zstd level 3, statistics, key-value metadata. One thread sorts and writes, so that neither rows nor row groups
 * depend on how threads share the work or on how the table is stored: the same rows give the same bytes.
 */
export async function writeParquetFile(session: DuckDbSession, select: string, path: string, metadata: ReadonlyMap<string, string>): Promise<void> {
  const pairs = [...metadata].map(([key, value]) => `${key}: ${sqlText(value)}`).join(', ');
  const options = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 3, ROW_GROUP_SIZE ${rowGroupRows}${pairs === '' ? '' : `, KV_METADATA {${pairs}}`}`;
  await session.alone(() => session.run(`COPY (${select}) TO ${sqlText(path)} (${options})`));
}
