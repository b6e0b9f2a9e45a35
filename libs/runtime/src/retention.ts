// Events are kept until no stage needs them any more, and then for as long as the retention setting says; questions, trees, parts and faults are kept for ever.
import type { Broker, PartitionRange } from '@slowthink/broker';
import type { ProgressRecord, Topic } from '@slowthink/records';
import type { Observer } from '@slowthink/stream';
import type { Consumer } from './admission.ts';

export interface RetentionOptions {
  readonly broker: Broker;
  /** Every stage of the flow, in whatever process it runs: what it has not settled, or would fold again after a restart, stays. */
  readonly stages: readonly Consumer[];
  /** The topics of the flow; only those with retention `open-trees` are touched. */
  readonly topics: readonly Topic[];
  readonly retentionMs: number;
}

/**
 * Deletes, partition by partition, what lies below the place every stage has left behind and was written at least `retentionMs` ago. A topic that no stage reads goes by age alone.
 * The places are those of committed progress records, so that a restart finds all it needs, also when this runs beside commits, or in two processes at once.
 */
export async function applyRetention({ broker, stages, topics, retentionMs }: RetentionOptions): Promise<void> {
  const progress = await broker.progress();
  for (const topic of topics.filter(({ retention }) => retention === 'open-trees')) {
    for (const range of await broker.ranges(topic.name)) {
      const below = neededFrom(topic, range, stages, progress);
      if (below > range.start) await broker.deleteBelow(topic.name, range.partition, below, retentionMs);
    }
  }
}

/** First offset of a partition that a stage still needs: the lowest it has not settled, and where its restore begins. A stage without progress needs everything. */
function neededFrom(topic: Topic, { partition, end }: PartitionRange, stages: readonly Consumer[], progress: readonly ProgressRecord[]): number {
  const places = stages.flatMap((stage) => {
    const own = progress.find((record) => record.stage === stage.name && record.partition === partition);
    const reads = stage.reads.includes(topic) ? [settledBelow(own?.positions[topic.name])] : [];
    return stage.restores?.includes(topic) === true ? [...reads, own?.restore[topic.name] ?? 0] : reads;
  });
  return Math.min(end, ...places);
}

const settledBelow = (position: ProgressRecord['positions'][string] | undefined): number => Math.min(position?.next ?? 0, ...(position?.unsettled ?? []));

export interface RetentionKeeper {
  /** None begins afterwards; one in progress may be cut short, which does no harm. */
  stop(): void;
}

/** Applies the retention now and every `everyMs`. One that fails is said once and tried again the next time: nothing waits for a deletion. */
export function keepRetention(options: RetentionOptions & { readonly everyMs: number; readonly observer: Observer }): RetentionKeeper {
  let said = false;
  let stopped = false;
  const apply = async (): Promise<void> => {
    try { await applyRetention(options); said = false; } catch (error) {
      if (!said && !stopped) options.observer({ kind: 'note', level: 'warn', message: `Old events could not be deleted; they stay until it works: ${(error as Error).message}` });
      said = true;
    }
  };
  let busy = false;
  const begin = (): void => {
    if (busy) return;
    busy = true;
    void apply().finally(() => { busy = false; });
  };
  begin();
  const timer = setInterval(begin, options.everyMs);
  timer.unref();
  return { stop: () => { stopped = true; clearInterval(timer); } };
}
