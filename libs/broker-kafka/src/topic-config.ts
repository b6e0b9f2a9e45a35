import type { TopicSpec } from '@slowthink/broker';

/** Name of a topic, group or transactional id of a run on a broker that others use too. */
export const kafkaName = (run: string, name: string): string => `${run}.${name}`;

/** The largest record, 8 MB, and room for its key and the frame. */
export const messageBytesMax = 9_437_184;

const openTreesSegment = 67_108_864; // what lies below the oldest open tree is freed a segment at a time; its size also tells such a topic from one that is kept for ever

/** Settings of a topic. Nothing expires by age: a broker's default of 7 days would delete the product. */
export function topicConfig({ retention }: TopicSpec): Readonly<Record<string, string>> {
  const common = { 'max.message.bytes': String(messageBytesMax), 'compression.type': 'producer', 'message.timestamp.type': 'CreateTime' };
  switch (retention) {
    case 'forever': return { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1', ...common };
    case 'open-trees': return { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'retention.bytes': '-1', 'segment.bytes': String(openTreesSegment), ...common };
    case 'compacted': return { 'cleanup.policy': 'compact', 'min.cleanable.dirty.ratio': '0.05', 'segment.bytes': '16777216', 'segment.ms': '600000', 'delete.retention.ms': '86400000', ...common };
  }
}

/** What a topic's settings say it is for. */
export function retentionOf(config: { readonly [name: string]: string | undefined }): TopicSpec['retention'] {
  if (config['cleanup.policy']?.includes('compact')) return 'compacted';
  return config['segment.bytes'] === String(openTreesSegment) ? 'open-trees' : 'forever';
}

/** Why a topic that is there already would lose or refuse records: a sentence for each, none when it is as it should be. */
export function topicProblems(spec: TopicSpec, config: { readonly [name: string]: string | undefined }): readonly string[] {
  const problems: string[] = [];
  const policy = config['cleanup.policy'] ?? 'delete';
  const wanted = spec.retention === 'compacted' ? 'compact' : 'delete';
  if (policy !== wanted) problems.push(`cleanup.policy is ${policy} and must be ${wanted}`);
  if (wanted === 'delete' && Number(config['retention.ms'] ?? -1) !== -1) problems.push(`retention.ms is ${config['retention.ms']} and must be -1: records would vanish by age`);
  if (wanted === 'delete' && Number(config['retention.bytes'] ?? -1) !== -1) problems.push(`retention.bytes is ${config['retention.bytes']} and must be -1: records would vanish by size`);
  if (Number(config['max.message.bytes'] ?? messageBytesMax) < messageBytesMax) problems.push(`max.message.bytes is ${config['max.message.bytes']} and must be ${messageBytesMax} or more: large trees would be refused`);
  return problems;
}
