export { kafkaName, topicConfig } from './topic-config.ts';
