import type { Broker, TopicSpec } from '@slowthink/broker';
import type { KafkaFindings } from './examine-kafka.ts';
import type { KafkaAddress } from './kafka-settings.ts';
import type { KafkaBrokerOptions } from './open-kafka-broker.ts';

export { brokersOf, checkRunName, isKafka, type KafkaAddress, type Mechanism } from './kafka-settings.ts';
export { kafkaName, topicConfig } from './topic-config.ts';
export type { KafkaBrokerOptions, KafkaFindings };

/** See openKafkaBroker of open-kafka-broker.ts. kafkajs takes 25 ms to load: only where a Kafka is opened. */
export const openKafkaBroker = async (options: KafkaBrokerOptions): Promise<Broker> => (await import('./open-kafka-broker.ts')).openKafkaBroker(options);

/** See examineKafka of examine-kafka.ts. */
export const examineKafka = async (address: KafkaAddress, run: string, specs: readonly TopicSpec[]): Promise<KafkaFindings> => (await import('./examine-kafka.ts')).examineKafka(address, run, specs);
