import { join } from 'node:path';
import type { PartRecord } from '@slowthink/records';
import { arrowSchemaOf, partSchemaOf } from './arrow-schema.ts';
import { castColumns, rowBytesSql, sqlPath } from './column-sql.ts';
import type { DuckDbSession } from './duckdb-session.ts';
import type { TableKind } from './kinds.ts';

/** `train`, and `test` for rows of benchmark questions. */
export const splits = ['train', 'test'] as const;
export type Split = (typeof splits)[number];

export interface SplitSize { readonly split: Split; readonly rows: number; /** as Arrow holds them */ readonly bytes: number }

export interface Gathered {
  readonly kind: TableKind;
  /** Splits that have rows. */
  readonly splits: readonly SplitSize[];
  /** Rows that repeat the key of another one. */
  readonly duplicates: number;
  /** Rows of benchmark questions that were left out. */
  readonly benchmarkLeftOut: number;
}

/**
 * Gathers the rows of a kind from its parts into the table `{kind}` of the session, without duplicates, with `split` and `place` (0 .. rows-1 inside its split, by question_id, tree_id, ordinal in
 * byte order). Of rows with the same key the one from the lowest (lineage_partition, lineage_offset) stays. The result does not depend on part boundaries, their order, or threads.
 * Reads the parts twice: the keys first, then whole rows. Memory: the session's limit; what does not fit goes to its folder.
 */
export async function gatherRows(session: DuckDbSession, kind: TableKind, folder: string, parts: readonly PartRecord[], allowBenchmark: boolean): Promise<Gathered> {
  const files = `read_parquet([${parts.map((part) => sqlPath(join(folder, part.file))).join(', ')}], filename = 'part_file', file_row_number = true)`;
  await session.run(`
    CREATE TABLE ${kind}_keys AS
    SELECT part_file, file_row_number, question_id, tree_id, ordinal, CASE WHEN benchmark THEN 'test' ELSE 'train' END AS target,
      row_number() OVER (PARTITION BY question_id, tree_id, ordinal ORDER BY lineage_partition, lineage_offset, part_file, file_row_number) AS copy
    FROM ${files}`);
  const { duplicates, benchmark } = await session.row(`SELECT count(*) FILTER (copy > 1) AS duplicates, count(*) FILTER (copy = 1 AND target = 'test') AS benchmark FROM ${kind}_keys`);
  await session.run(`
    CREATE TABLE ${kind} AS
    WITH places AS (
      SELECT part_file, file_row_number, target, row_number() OVER (PARTITION BY target ORDER BY question_id, tree_id, ordinal) - 1 AS place
      FROM ${kind}_keys WHERE copy = 1${allowBenchmark ? '' : " AND target = 'train'"})
    SELECT places.target, places.place, rows.* FROM places JOIN (SELECT ${castColumns(partSchemaOf(kind))}, part_file, file_row_number FROM ${files}) AS rows USING (part_file, file_row_number)
    ORDER BY target, place`);
  await session.run(`DROP TABLE ${kind}_keys`);
  const sizes = await session.rows(`SELECT target, count(*) AS rows, ceil(sum(${rowBytesSql(arrowSchemaOf(kind))})) AS bytes FROM ${kind} GROUP BY target`);
  const sizeOf = (split: Split): readonly SplitSize[] => sizes.filter((size) => size['target'] === split).map((size) => ({ split, rows: Number(size['rows']), bytes: Number(size['bytes']) }));
  return { kind, splits: splits.flatMap(sizeOf), duplicates: Number(duplicates), benchmarkLeftOut: allowBenchmark ? 0 : Number(benchmark) };
}
