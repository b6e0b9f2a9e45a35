// Back-pressure is admission only: a stage stops taking in new work while unread records downstream exceed a limit.
import { setTimeout } from 'node:timers/promises';
import type { Broker } from '@slowthink/broker';
import type { Topic } from '@slowthink/records';

/** A stage as far as lag and retention go: its name, what it reads, and what it folds again after a restart. */
export interface Consumer { readonly name: string; readonly reads: readonly Topic[]; readonly restores?: readonly Topic[] }

/** Unread records: for each stage and topic it reads, what lies between its position and the end. Where offsets have holes the markers of transactions count too, but for the one behind the last record. */
export async function readLag(broker: Broker, stages: readonly Consumer[]): Promise<readonly { readonly stage: string; readonly topic: string; readonly partition: number; readonly lag: number }[]> {
  const progress = new Map((await broker.progress()).map((record) => [`${record.stage}/${record.partition}`, record]));
  const rows = [];
  for (const stage of stages) {
    for (const { name } of stage.reads) {
      for (const { partition, start, end } of await broker.ranges(name)) {
        const position = progress.get(`${stage.name}/${partition}`)?.positions[name];
        const behind = end - Math.max(start, position?.next ?? 0);
        rows.push({ stage: stage.name, topic: name, partition, lag: (behind === 1 && !broker.exclusive ? 0 : behind) + (position?.unsettled.length ?? 0) });
      }
    }
  }
  return rows;
}

export interface AdmissionOptions {
  readonly broker: Broker;
  /** Stages whose unread records count. */
  readonly downstream: readonly Consumer[];
  readonly lagMax: number; // records over all partitions
  readonly everyMs: number;
}

/**
 * Looks at the lag every so often while somebody asks; `admit` resolves while the sum is at most `lagMax`. On a log that others write to as well, the last offset of a partition may be a transaction's marker,
 * which nobody ever reads: one offset a partition is no lag there, or a small `lagMax` would never be met.
 */
export function lagAdmission({ broker, downstream, lagMax, everyMs }: AdmissionOptions): (signal: AbortSignal) => Promise<void> {
  const marker = broker.exclusive ? 0 : 1; // offsets
  let known = 0;
  let looked = -Infinity;
  let looking: Promise<void> | undefined;
  const look = (): Promise<void> => (looking ??= readLag(broker, downstream).then((rows) => { known = rows.reduce((sum, { lag }) => sum + Math.max(0, lag - marker), 0); looked = performance.now(); }).finally(() => { looking = undefined; }));
  return async (signal) => {
    for (;;) {
      signal.throwIfAborted();
      if (performance.now() - looked > everyMs) await look();
      if (known <= lagMax) return;
      await setTimeout(everyMs, undefined, { signal });
    }
  };
}
