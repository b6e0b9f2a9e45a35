// The parts of kafkajs 2.2.4 that its index does not export. The version is pinned and no longer changes.
declare module 'kafkajs/src/cluster/index.js' {
  export interface ListedOffset { readonly topic: string; readonly partitions: readonly { readonly partition: number; readonly offset: string }[] }
  export interface FetchedPartition { readonly partition: number; readonly highWatermark: string; readonly lastStableOffset: string; readonly lastStartOffset?: string; readonly abortedTransactions: readonly { readonly firstOffset: string; readonly producerId: string }[] | null; readonly messages: readonly FetchedMessage[] }
  export interface FetchedMessage {
    readonly offset: string; readonly key: Buffer | null; readonly value: Buffer | null; readonly headers: { readonly [name: string]: Buffer | undefined } | undefined;
    readonly isControlRecord: boolean; readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  }
  export interface NodeConnection {
    fetch(request: {
      readonly isolationLevel: number; readonly maxWaitTime: number; readonly minBytes: number; readonly maxBytes: number; readonly rackId: string;
      readonly topics: readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string; readonly maxBytes: number }[] }[];
    }): Promise<{ readonly responses: readonly { readonly topicName: string; readonly partitions: readonly FetchedPartition[] }[] }>;
  }
  export default class Cluster {
    constructor(options: object);
    isolationLevel: number;
    retry?: object;
    readonly brokerPool: { findConnectedBroker(): Promise<{ findGroupCoordinator(group: { readonly groupId: string; readonly coordinatorType?: number }): Promise<object> }> };
    findGroupCoordinator(group: { readonly groupId: string; readonly coordinatorType?: number }): Promise<NodeConnection>;
    findGroupCoordinatorMetadata(group: { readonly groupId: string; readonly coordinatorType?: number }): Promise<object>;
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    isConnected(): boolean;
    getNodeIds(): readonly string[];
    refreshMetadata(): Promise<void>;
    refreshMetadataIfNecessary(): Promise<void>;
    addMultipleTargetTopics(topics: readonly string[]): Promise<void>;
    findBroker(node: { readonly nodeId: string }): Promise<NodeConnection>;
    findTopicPartitionMetadata(topic: string): readonly { readonly partitionId: number; readonly leader: number }[];
    findLeaderForPartitions(topic: string, partitions: readonly number[]): { readonly [nodeId: string]: readonly number[] };
    fetchTopicsOffset(topics: readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number }[]; readonly fromBeginning?: boolean; readonly fromTimestamp?: number }[]): Promise<readonly ListedOffset[]>;
  }
}
declare module 'kafkajs/src/consumer/consumerGroup.js' {
  export default class ConsumerGroup {
    constructor(options: object);
    memberId: string | null;
    generationId: number | null;
    connect(): Promise<void>;
    joinAndSync(): Promise<void>;
    heartbeat(options: { readonly interval: number }): Promise<void>;
    leave(): Promise<void>;
    assigned(): readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  }
}
declare module 'kafkajs/src/producer/index.js' {
  import type { Producer } from 'kafkajs';
  export default function createProducer(options: object): Producer;
}
declare module 'kafkajs/src/instrumentation/emitter.js' { export default class InstrumentationEventEmitter {} }
declare module 'kafkajs/src/loggers/index.js' { const loggers: { createLogger(options: { readonly level: number; readonly logCreator: () => () => void }): object; readonly LEVELS: { readonly NOTHING: 0 } }; export default loggers; }
declare module 'kafkajs/src/network/socketFactory.js' { import type { ISocketFactory } from 'kafkajs'; export default function socketFactory(): ISocketFactory; }
declare module 'kafkajs/src/network/requestQueue/index.js' {
  export default class RequestQueue {
    pending: readonly unknown[];
    throttledUntil: number;
    scheduleCheckPendingRequests(): void;
  }
}
