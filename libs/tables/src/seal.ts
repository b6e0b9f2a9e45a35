import { mkdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FaultError, crossPoint } from '@slowthink/faults';
import { topics, type PartRecord } from '@slowthink/records';
import { arrowSchemaOf } from './arrow-schema.ts';
import { cardOf } from './card.ts';
import { castColumns, sqlText } from './column-sql.ts';
import { readFacts, type DataSetFacts } from './data-set-facts.ts';
import { DuckDbSession } from './duckdb-session.ts';
import { sha256Of, syncToDisk } from './durable-file.ts';
import { gatherRows, type Gathered, type Split } from './gather-rows.ts';
import { schemaVersionOf, tableKinds, type TableKind } from './kinds.ts';
import { openingCommands, type OpeningCommands } from './opening-commands.ts';
import { replaceFolder } from './replace-folder.ts';
import type { SealedFile } from './sealed-file.ts';
import { shardCuts } from './shard-cuts.ts';
import { verifyParts } from './verify-parts.ts';
import { writeArrowFile } from './write-arrow-file.ts';
import { writeParquetFile } from './write-parquet-file.ts';

export interface SealOptions {
  /** Folder of the parts, and the list that says which of them are data. */
  readonly folder: string;
  readonly parts: readonly PartRecord[];
  /** The data set: made, or replaced if an earlier seal made it. */
  readonly out: string;
  readonly format: 'parquet' | 'arrow';
  /** Rows of benchmark questions become the split `test`; without it they are left out and counted. */
  readonly allowBenchmark: boolean;
  readonly name: string;
  /** For the card: what shaped the rows. Neither paths nor hosts nor times. */
  readonly settings: { readonly [name: string]: unknown };
  /** Topic whose partitions and offsets the parts' lineage names. Default trajectories. */
  readonly lineageTopic?: string;
  readonly license?: string;
  readonly languages?: readonly string[];
  readonly rowsPerFile?: number;
  /** Neither changes a byte of the result. */
  readonly threads?: number;
  readonly memoryMb?: number;
}

export interface SealReport {
  readonly path: string;
  readonly format: 'parquet' | 'arrow';
  readonly rows: { readonly [Kind in TableKind]: number };
  /** Data files, without card and lineage. */
  readonly files: readonly SealedFile[];
  readonly questions: number;
  readonly trees: number;
  readonly chains: number;
  readonly pairs: number;
  readonly duplicates: { readonly [Kind in TableKind]: number };
  readonly benchmarkLeftOut: { readonly [Kind in TableKind]: number };
  readonly open: OpeningCommands;
}

/**
 * Compacts exactly the listed parts into a data set: {kind}/{split}-{i}-of-{n}.{format}, README.md (the card) and lineage/{kind}.parquet. Rows are in byte order of (question_id, tree_id, ordinal), without
 * duplicates; the same rows give the same data files and card whatever the parts, their order, or threads (law 3). `out` changes only when the new data set is whole.
 * Disk: about twice the data while it works; memory: memoryMb (1,000) and about 1 GB for a row group being written. Faults: PART_MISSING, PART_CHANGED, PART_FOREIGN, DATASET_EMPTY, DATASET_FOREIGN, DIR_IN_USE, DISK_FULL, DISK_READ_ONLY.
 */
export async function seal(options: SealOptions): Promise<SealReport> {
  const parts = await verifyParts(options.folder, options.parts);
  refuseMixedLabels(parts);
  crossPoint('seal.checked');
  return replaceFolder(options.out, async (fresh) => {
    const work = join(fresh, '.work');
    await mkdir(work);
    const session = await DuckDbSession.open({ folder: work, threads: options.threads, memoryMb: options.memoryMb });
    const sealed = await buildDataSet(session, parts, options, fresh).finally(() => session.close());
    await rm(work, { recursive: true });
    return sealed;
  });
}

async function buildDataSet(session: DuckDbSession, parts: readonly PartRecord[], options: SealOptions, fresh: string): Promise<SealReport> {
  const gathered: Gathered[] = [];
  for (const kind of tableKinds) {
    const ofKind = parts.filter((part) => part.kind === kind);
    if (ofKind.length > 0) gathered.push(await gatherRows(session, kind, options.folder, ofKind, options.allowBenchmark));
  }
  const full = gathered.filter((table) => table.splits.length > 0);
  const count = (of: (table: Gathered) => number): SealReport['rows'] => Object.fromEntries(tableKinds.map((kind) => [kind, gathered.filter((table) => table.kind === kind).reduce((sum, table) => sum + of(table), 0)])) as SealReport['rows'];
  const benchmarkLeftOut = count((table) => table.benchmarkLeftOut);
  if (full.length === 0) refuseEmpty(options.out, benchmarkLeftOut);

  const facts = await readFacts(session, full.map((table) => table.kind));
  const files: SealedFile[] = [];
  for (const table of full) files.push(...await writeTable(session, table, facts, options, fresh));
  const { name, format, settings, license = 'apache-2.0', languages = ['en'] } = options;
  const fileBytes = (kind: TableKind, split: Split): number => files.filter((file) => file.kind === kind && file.split === split).reduce((sum, file) => sum + file.bytes, 0);
  const kinds = full.map(({ kind, splits, benchmarkLeftOut: left }) => ({ kind, benchmarkLeftOut: left, splits: splits.map((size) => ({ ...size, fileBytes: fileBytes(kind, size.split) })) }));
  const { version: duckdbVersion } = await import('@duckdb/node-api');
  await writeFile(join(fresh, 'README.md'), cardOf({ name, license, languages, format, kinds, facts, settings, duckdbVersion: duckdbVersion() }));
  crossPoint('seal.card-written');
  await syncToDisk(join(fresh, 'README.md'));
  return {
    path: resolve(options.out), format, rows: count((table) => table.splits.reduce((sum, size) => sum + size.rows, 0)), files, questions: facts.questions, trees: facts.trees, chains: facts.chains, pairs: facts.pairs,
    duplicates: count((table) => table.duplicates), benchmarkLeftOut, open: openingCommands(resolve(options.out), format, files),
  };
}

async function writeTable(session: DuckDbSession, { kind, splits }: Gathered, facts: DataSetFacts, { format, rowsPerFile, lineageTopic = topics.trajectories.name }: SealOptions, fresh: string): Promise<readonly SealedFile[]> {
  const metadata = new Map([['slowthink_schema', schemaVersionOf(kind)], ['slowthink_settings', facts.values.settings_hash.join(',')]]);
  const schema = arrowSchemaOf(kind, metadata);
  const files: SealedFile[] = [];
  await mkdir(join(fresh, kind));
  for (const size of splits) {
    for (const { file, from, to } of shardCuts(size, format, rowsPerFile)) {
      const path = join(fresh, kind, file);
      crossPoint('seal.file-writing', kind);
      const source = `${kind} WHERE target = '${size.split}' AND place >= ${from} AND place < ${to} ORDER BY place`;
      if (format === 'parquet') await writeParquetFile(session, `SELECT ${castColumns(schema)} FROM ${source}`, path, metadata);
      else await writeArrowFile(session, source, path, schema);
      crossPoint('seal.file-written', kind);
      await syncToDisk(path);
      crossPoint('seal.file-synced', kind);
      files.push({ file: `${kind}/${file}`, kind, split: size.split, rows: to - from, bytes: (await stat(path)).size, sha256: await sha256Of(path) });
    }
  }
  await syncToDisk(join(fresh, kind));
  await writeLineage(session, kind, join(fresh, 'lineage'), lineageTopic);
  return files;
}

async function writeLineage(session: DuckDbSession, kind: TableKind, folder: string, topic: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${kind}.parquet`);
  await writeParquetFile(session, `SELECT id, ${sqlText(topic)} AS topic, lineage_partition AS "partition", lineage_offset AS "offset", lineage_attempt AS attempt FROM ${kind} ORDER BY target, place`, path, new Map());
  crossPoint('seal.lineage-written', kind);
  await syncToDisk(path);
  await syncToDisk(folder);
}

// Two label settings give one tree two sets of rows under the same keys; choosing between them silently would be wrong.
function refuseMixedLabels(parts: readonly PartRecord[]): void {
  const [first, ...others] = parts;
  const other = others.find((part) => part.labels !== first!.labels);
  if (other !== undefined) throw new FaultError('PART_FOREIGN', `${first!.file} holds rows of the label settings ${first!.labels}, ${other.file} of ${other.labels}; a data set has one kind of labels.`);
}

function refuseEmpty(out: string, leftOut: SealReport['rows']): never {
  const rows = tableKinds.reduce((sum, kind) => sum + leftOut[kind], 0);
  if (rows === 0) throw new FaultError('DATASET_EMPTY', `There is no row to seal into ${out}.`);
  throw new FaultError('DATASET_EMPTY', `There is no row to seal into ${out}: all ${rows} come from benchmark questions.`, { hint: 'Benchmarks are no training data; --allow-benchmark seals them into a split of their own, test.' });
}
