import type { TopicSpec } from '@slowthink/broker';

/** 8 MB of records, the largest a stage writes in one piece, and what a batch holds beside them. */
const messageBytesMax = 9_437_184;

const common = { 'max.message.bytes': String(messageBytesMax), 'compression.type': 'producer', 'message.timestamp.type': 'CreateTime' } as const;

/** Nothing is deleted by age or size: what may go, its stage deletes by offset. A broker's own default of 7 days would delete the product. */
const kept = { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1', ...common } as const;

/** The last value a key; small segments, because the one that is written to is never compacted. */
const compacted = { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.05', 'segment.bytes': '16777216', 'segment.ms': '600000', 'delete.retention.ms': '86400000', ...common } as const;

/** Settings of a topic, as the broker names them: what the adapter makes topics with, checks them against, and `slowthink topology --kafka` prints. */
export const topicConfig = ({ retention }: TopicSpec): Readonly<Record<string, string>> => (retention === 'compacted' ? compacted : kept);

/** Name of a run's topic, group or transactional id in the cluster: runs share a cluster without meeting. */
export const kafkaName = (run: string, name: string): string => `${run}.${name}`;
