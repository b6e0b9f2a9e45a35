import { preferenceRow, preferenceStepsRow, prmRow, sftRow } from '@slowthink/labels';
import { topics, type PairRecord, type PartRecord, type TrajectoryRecord } from '@slowthink/records';
import { patiently } from '@slowthink/runtime';
import type { Delivery, Emission, Observer } from '@slowthink/stream';
import { toRecordBatch, writePart, type PartFiles, type PartToWrite, type RowOf, type TableKind } from '@slowthink/tables';

export interface ShardDeps {
  /** Folder of the parts. */
  readonly folder: string;
  /** Name and hash of the label settings. */
  readonly labels: string;
  readonly rowsPerPart: number; // records a batch at most
  readonly quietMs: number;
  /** How long a full disk is waited for. */
  readonly giveUpMs: number;
  readonly observer: Observer;
  /** Names in the folder, before a partition is claimed. */
  readonly survey?: () => Promise<readonly string[]>;
  /** Removes, of these names, what is unlisted of a partition that was just claimed. */
  readonly clear?: (partition: number, among: readonly string[]) => Promise<void>;
  /** Default: the disk of this machine. */
  readonly files?: PartFiles;
}

/** Writes one part a kind that has rows from a batch and gives the emission that lists them and settles the batch. A full disk is waited for; faults: DISK_FULL after that, DISK_READ_ONLY. */
export async function writeParts({ folder, labels, observer, giveUpMs, files }: ShardDeps, batch: readonly Delivery[], signal: AbortSignal): Promise<Emission> {
  const settled = batch.map((delivery) => ({ delivery, verdict: delivery.value.type === 'end' ? 'ended' as const : 'ok' as const }));
  const sources = batch.filter(({ value }) => value.type !== 'end') as readonly Delivery<TrajectoryRecord | PairRecord>[];
  if (sources.length === 0) return { outputs: [], settled };
  const place = { folder, labels, partition: sources[0]!.partition, firstOffset: sources[0]!.offset, lastOffset: sources.at(-1)!.offset };
  const write = (part: PartToWrite) => patiently(() => writePart({ ...part, files, signal }), { observer, giveUpMs, signal });
  const parts: PartRecord[] = [];
  for (const [kind, toBatch] of tables) {
    const rows = toBatch(sources);
    if (rows.numRows > 0) parts.push(await write({ ...place, kind, batch: rows }));
  }
  for (const part of parts) observer({ kind: 'rows', table: part.kind, count: part.rows });
  return { outputs: parts.map((value) => ({ topic: topics.parts, key: value.file, value })), settled };
}

type Source = TrajectoryRecord | PairRecord;
type Table = readonly [TableKind, (sources: readonly Delivery<Source>[]) => ReturnType<typeof toRecordBatch>];

/** A kind: which records become its rows, and how. */
function table<Kind extends TableKind, Record extends Source>(kind: Kind, belongs: (record: Source) => record is Record, rowOf: (record: Record) => RowOf[Kind]): Table {
  return [kind, (sources) => {
    const own = sources.flatMap(({ partition, offset, value }) => (belongs(value) ? [{ row: rowOf(value), lineage: { partition, offset, attempt: value.attempt } }] : []));
    return toRecordBatch(kind, own.map(({ row }) => row), own.map(({ lineage }) => lineage));
  }];
}

const isChain = (record: Source): record is TrajectoryRecord => record.type === 'trajectory';
const isPair = (record: Source): record is PairRecord => record.type === 'pair';

const tables: readonly Table[] = [
  table('prm', isChain, prmRow),
  table('sft', (record): record is TrajectoryRecord => isChain(record) && record.sft, sftRow),
  table('preference', (record): record is PairRecord => isPair(record) && record.finished, preferenceRow),
  table('preference_steps', (record): record is PairRecord => isPair(record) && !record.finished, preferenceStepsRow),
];
