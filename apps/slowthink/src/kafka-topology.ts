// What a cluster must hold and allow before a run with --broker kafka://… can work: read by whoever administers it.
import { kafkaName, topicConfig } from '@slowthink/broker-kafka';
import type { Topic } from '@slowthink/records';

export interface KafkaTopic {
  /** With the run before it. */
  readonly name: string;
  readonly partitions: number;
  readonly retention: Topic['retention'];
  readonly settings: Readonly<Record<string, string>>;
}

/** A right to everything whose name begins with `prefix`. */
export interface KafkaRight {
  readonly principal: string;
  readonly resource: 'topic' | 'group' | 'transactional-id';
  readonly prefix: string;
  readonly operations: readonly string[];
}

export interface KafkaTopology {
  readonly run: string;
  readonly topics: readonly KafkaTopic[];
  readonly rights: readonly KafkaRight[];
}

/** As kafka-acls.sh spells them. Deleting records needs Delete on their topic; writing idempotently needs no right of its own since Kafka 2.8. */
const operations = {
  'topic': ['Read', 'Write', 'Create', 'Describe', 'DescribeConfigs', 'Delete'],
  'group': ['Read', 'Describe'],
  'transactional-id': ['Write', 'Describe'],
} as const satisfies Record<KafkaRight['resource'], readonly string[]>;

/** Topics with their settings and the rights of one user, for one run. */
export function kafkaTopology(topics: readonly Topic[], { run, partitions, user }: { readonly run: string; readonly partitions: number; readonly user: string }): KafkaTopology {
  return {
    run,
    topics: topics.map(({ name, retention, ...topic }) => {
      const spec = { name, retention, partitions: topic.partitions === 'one' ? 1 : partitions };
      return { name: kafkaName(run, name), partitions: spec.partitions, retention, settings: topicConfig(spec) };
    }),
    rights: Object.entries(operations).map(([resource, granted]) => ({ principal: `User:${user}`, resource: resource as KafkaRight['resource'], prefix: kafkaName(run, ''), operations: granted })),
  };
}

/** Commands of Kafka's own tools that make it so, one a line, in the order of the tables. */
export function kafkaCommands({ topics, rights }: KafkaTopology, bootstrap: string): readonly string[] {
  return [
    ...topics.map(({ name, partitions, settings }) => `kafka-topics.sh --bootstrap-server ${bootstrap} --create --if-not-exists --topic ${name} --partitions ${partitions} ${Object.entries(settings).map(([key, value]) => `--config ${key}=${value}`).join(' ')}`),
    ...rights.map(({ principal, resource, prefix, operations: granted }) => `kafka-acls.sh --bootstrap-server ${bootstrap} --add --allow-principal ${quoted(principal)} ${granted.map((operation) => `--operation ${operation}`).join(' ')} --${resource} ${prefix} --resource-pattern-type prefixed`),
  ];
}

/** Tables for people, then the commands. */
export function kafkaTopologyText(topology: KafkaTopology, bootstrap: string): string {
  const wide = Math.max(...topology.topics.map(({ name }) => name.length));
  const kinds = [...new Set(topology.topics.map(({ settings }) => settings['cleanup.policy']!))];
  const settingsOf = (kind: string): readonly string[] => Object.entries(topology.topics.find(({ settings }) => settings['cleanup.policy'] === kind)!.settings).map(([key, value]) => `  ${key}=${value}`);
  return [
    `${'Topic'.padEnd(wide)}  partitions  cleanup.policy`,
    ...topology.topics.map(({ name, partitions, settings }) => `${name.padEnd(wide)}  ${String(partitions).padStart(10)}  ${settings['cleanup.policy']}`),
    ...kinds.flatMap((kind) => ['', `Settings of topics with cleanup.policy=${kind}:`, ...settingsOf(kind)]),
    '',
    `Rights of ${topology.rights[0]!.principal}, on every name that begins with ${topology.rights[0]!.prefix}:`,
    ...topology.rights.map(({ resource, operations: granted }) => `  ${resource.padEnd(16)}  ${granted.join(', ')}`),
    '',
    'A run makes its topics itself where it may. To make them before, with as many copies as your cluster has by default (else add --replication-factor):',
    '',
    ...kafkaCommands(topology, bootstrap),
  ].join('\n');
}

/** For sh: a principal may hold spaces and "=" (a certificate's name). */
const quoted = (text: string): string => (/^[\w:.@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);
