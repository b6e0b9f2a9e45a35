import type { Broker } from '@slowthink/broker';
import type { KafkaBrokerOptions } from './open-kafka-broker.ts';

export { brokersOf, checkRunName, isKafka, type KafkaAddress, type Mechanism } from './kafka-settings.ts';
export { kafkaName, topicConfig } from './topic-config.ts';
export type { KafkaBrokerOptions };

/** See openKafkaBroker of open-kafka-broker.ts. kafkajs takes 25 ms to load: only where a Kafka is opened. */
export const openKafkaBroker = async (options: KafkaBrokerOptions): Promise<Broker> => (await import('./open-kafka-broker.ts')).openKafkaBroker(options);
