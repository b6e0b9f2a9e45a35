export type * from './types.ts';
export { canonicalJson, hashId, hashSeed, partitionOf, questionIdOf, runIdOf, treeIdOf } from './ids.ts';
export { topics, type Topic, type TopicName } from './topics.ts';
export { decodeRecord, encodeRecord, type StreamRecord } from './codec.ts';
export { isPreferenceRow, isPreferenceStepsRow, isPrmRow, isSearchSettings, isSftRow, isTrainingJob, isTrainingManifest, isVerdictsRecord } from './generated/validators.js';
