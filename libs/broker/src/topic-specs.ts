import { FaultError } from '@slowthink/faults';
import type { TopicSpec } from './broker.ts';

/** The topics of `wanted` that do not exist. Throws DIR_SETTINGS_CHANGED when one exists with another partition count; the message names both counts. */
export function missingTopics(existing: readonly TopicSpec[], wanted: readonly TopicSpec[]): readonly TopicSpec[] {
  const known = new Map(existing.map((spec) => [spec.name, spec]));
  const missing: TopicSpec[] = [];
  for (const spec of wanted) {
    if (!Number.isInteger(spec.partitions) || spec.partitions < 1) throw new RangeError(`topic ${spec.name}: ${spec.partitions} is not a partition count`);
    const there = known.get(spec.name);
    if (there === undefined) { known.set(spec.name, spec); missing.push(spec); continue; }
    if (there.partitions !== spec.partitions) throw new FaultError('DIR_SETTINGS_CHANGED', `Topic ${spec.name} has ${there.partitions} partitions and cannot get ${spec.partitions}: keys would change their place.`);
  }
  return missing;
}

/** The error for a topic or partition that does not exist: a mistake of the caller, not of the environment. */
export const unknownTopic = (topic: string, partition?: number): RangeError => new RangeError(partition === undefined ? `there is no topic ${topic}` : `there is no partition ${partition} of a topic ${topic}`);

/** The partition count that co-partitioned topics have in common. Throws a RangeError for none, an unknown one, or unequal counts. */
export function joinedPartitions(topics: readonly string[], partitionsOf: (topic: string) => number | undefined): number {
  const counts = topics.map((topic) => {
    const count = partitionsOf(topic);
    if (count === undefined) throw unknownTopic(topic);
    return count;
  });
  const [first] = counts;
  if (first === undefined) throw new RangeError('join: name at least one topic');
  if (counts.some((count) => count !== first)) throw new RangeError(`join: ${topics.join(', ')} are not co-partitioned (${counts.join(', ')} partitions)`);
  return first;
}
