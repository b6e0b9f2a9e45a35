// shard: labelled chains and pairs in, Parquet parts out. Reads in order, so that a replay starts at the same offset and overwrites the same file.
//
// Reads   trajectories (no credit: what is held is bounded by rowsPerPart a partition). Writes parts (one record a finished file), faults.
// A batch ends with rowsPerPart records, at an `end`, or after quietMs without news. Files first (fsync, rename), then the transaction:
// a file that no `parts` record lists is no data, and whoever claims the partition next removes it. What is still buffered at a drain stays unsettled.
import { topics } from '@slowthink/records';
import { callOnce, defineStage } from '@slowthink/stream';
import { concatMap } from 'rxjs';
import { bufferUntil } from './buffer-until.ts';
import { writeParts, type ShardDeps } from './write-parts.ts';

export const shard = defineStage<ShardDeps>({
  name: 'shard',
  reads: [topics.trajectories],
  writes: [topics.parts, topics.faults],
  ends: 'operator',
  arrows: {
    trajectories: 'Labelled chains and preference pairs, in offset order.',
    parts: 'One record a finished Parquet part with rows and sha256: only listed files are data.',
  },
  survey: async (deps) => await deps.survey?.() ?? [],
  operator: (deps, { partition, surveyed }) => (delivery$) => callOnce(() => deps.clear?.(partition, surveyed as readonly string[]) ?? Promise.resolve()).pipe(
    concatMap(() => delivery$),                                                                                   // the claim stands, so nobody else writes this partition
    bufferUntil({ countMax: deps.rowsPerPart, quietMs: deps.quietMs, last: ({ value }) => value.type === 'end' }), // Delivery -> Delivery[]   in order
    concatMap((batch) => callOnce((signal) => writeParts(deps, batch, signal))),                                  // Delivery[] -> Emission  one part a kind; never renamed after a stop
  ),
});
