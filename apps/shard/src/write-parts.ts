import { prmRow, sftRow } from '@slowthink/labels';
import { topics, type PartRecord, type TrajectoryRecord } from '@slowthink/records';
import { patiently } from '@slowthink/runtime';
import type { Delivery, Emission, Observer } from '@slowthink/stream';
import { toRecordBatch, writePart, type PartToWrite } from '@slowthink/tables';

export interface ShardDeps {
  /** Folder of the parts. */
  readonly folder: string;
  readonly labels: string;
  readonly rowsPerPart: number; // trajectories a batch at most
  readonly quietMs: number;
  /** How long a full disk is waited for. */
  readonly giveUpMs: number;
  readonly observer: Observer;
}

/** Writes one part a kind from a batch and gives the emission that lists them and settles the batch. A full disk is waited for; faults: DISK_FULL after that, DISK_READ_ONLY. */
export async function writeParts({ folder, labels, observer, giveUpMs }: ShardDeps, batch: readonly Delivery[], signal: AbortSignal): Promise<Emission> {
  const settled = batch.map((delivery) => ({ delivery, verdict: delivery.value.type === 'end' ? 'ended' as const : 'ok' as const }));
  const chains = batch.filter(({ value }) => value.type === 'trajectory') as readonly Delivery<TrajectoryRecord>[];
  if (chains.length === 0) return { outputs: [], settled };
  const positive = chains.filter(({ value }) => value.polarity === 'positive');
  const place = { folder, labels, partition: chains[0]!.partition, firstOffset: chains[0]!.offset, lastOffset: chains.at(-1)!.offset };
  const write = (part: PartToWrite) => patiently(() => writePart({ ...part, signal }), { observer, giveUpMs, signal });
  const parts: PartRecord[] = [await write({ ...place, kind: 'prm', batch: toRecordBatch('prm', chains.map(({ value }) => prmRow(value)), lineageOf(chains)) })];
  if (positive.length > 0) parts.push(await write({ ...place, kind: 'sft', batch: toRecordBatch('sft', positive.map(({ value }) => sftRow(value)), lineageOf(positive)) }));
  for (const part of parts) observer({ kind: 'rows', table: part.kind, count: part.rows });
  return { outputs: parts.map((value) => ({ topic: topics.parts, key: value.file, value })), settled };
}

const lineageOf = (chains: readonly Delivery<TrajectoryRecord>[]) => chains.map(({ partition, offset, value }) => ({ partition, offset, attempt: value.attempt }));
