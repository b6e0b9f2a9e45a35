export type * from './broker.ts';
export { checkTransaction, closedBroker, fencedTask } from './check-transaction.ts';
export { exclusiveMembership } from './exclusive-membership.ts';
export { openLogReader, type LogSource } from './log-reader.ts';
export { MemoryBroker, type MemoryBrokerOptions } from './memory-broker.ts';
export { joinedPartitions, missingTopics, unknownTopic } from './topic-specs.ts';
