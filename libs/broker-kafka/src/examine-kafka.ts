import type { TopicSpec } from '@slowthink/broker';
import { faultOfKafka } from './kafka-faults.ts';
import { openClient } from './kafka-client.ts';
import { checkRunName, type KafkaAddress } from './kafka-settings.ts';
import { TopicAdmin } from './topic-admin.ts';
import { kafkaName } from './topic-config.ts';

export interface KafkaFindings {
  readonly brokers: number;
  /** Of the run, as far as they are there. */
  readonly topics: readonly TopicSpec[];
  /** What would lose or refuse records, with topic and value. */
  readonly problems: readonly string[];
}

/** Whether a run could work on a Kafka: connects, reads the run's topics, claims a transactional id and looks for a group of the run's name. Writes nothing. BROKER_UNREACHABLE, BROKER_UNAUTHORIZED, BROKER_REFUSED, SETTING_INVALID. */
export async function examineKafka(address: KafkaAddress, run: string, specs: readonly TopicSpec[]): Promise<KafkaFindings> {
  const client = openClient(address), admin = new TopicAdmin(checkRunName(run), client.admin()), name = kafkaName(run, 'doctor');
  const producer = client.producer(name), cluster = client.cluster();
  try {
    await admin.connect();
    const brokers = await admin.brokers(), topics = await admin.list();
    const there = specs.flatMap((spec) => topics.filter((topic) => topic.name === spec.name).map(({ partitions }) => ({ ...spec, partitions })));
    try {
      await producer.connect();
      await (await producer.transaction()).abort();
      await cluster.connect();
      await cluster.findGroupCoordinator({ groupId: name });
    } catch (error) { throw faultOfKafka(`Transactional ids and groups whose names begin with ${kafkaName(run, '')} could not be used`, error); }
    const counts = Map.groupBy(there.filter((spec) => spec.retention !== 'compacted'), ({ partitions }) => partitions);
    const uneven = counts.size > 1 ? [`the topics have ${[...counts].map(([count, some]) => `${count} partitions (${some.map((spec) => spec.name).join(', ')})`).join(' and ')}, and must have one count`] : [];
    return { brokers, topics: there, problems: [...await admin.problems(there), ...uneven] };
  } finally {
    await Promise.all([admin.close(), producer.disconnect().catch(() => {}), cluster.disconnect().catch(() => {})]);
  }
}
