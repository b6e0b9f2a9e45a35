export { examineKafka, type KafkaFindings } from './examine-kafka.ts';
export { openKafkaBroker, type KafkaBrokerOptions } from './open-kafka-broker.ts';
export { brokersOf, checkRunName, isKafka, type KafkaAddress, type Mechanism } from './kafka-settings.ts';
export { kafkaName, topicConfig } from './topic-config.ts';
