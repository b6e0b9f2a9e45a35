// Everything that is made of kafkajs: producers, the administrator, and connections for fetching and for groups.
import { FaultError } from '@slowthink/faults';
import kafkajs, { type Admin, type Producer, type SASLOptions } from 'kafkajs';
import Cluster from 'kafkajs/src/cluster/index.js';
import InstrumentationEventEmitter from 'kafkajs/src/instrumentation/emitter.js';
import loggers from 'kafkajs/src/loggers/index.js';
import createProducer from 'kafkajs/src/producer/index.js';
import { rootOf } from './kafka-faults.ts';
import type { KafkaAddress } from './kafka-settings.ts';
import { ownSockets } from './owned-sockets.ts';
import { quietQueues } from './quiet-queue.ts';
import { addZstd } from './zstd.ts';

/** A dead producer's open transaction holds up every reader of its partitions for this long at most. */
export const transactionTimeoutMs = 15_000;

const requestTimeoutMs = 20_000;
const retry = { initialRetryTime: 50, maxRetryTime: 1000, retries: 3 }; // who calls has patience of its own
const transactionRetry = { initialRetryTime: 2, multiplier: 1.2, maxRetryTime: 200, retries: 20 }; // CONCURRENT_TRANSACTIONS right after a commit is over in milliseconds

/** A producer that knows how many brokers the cluster has. */
export interface TransactionalProducer extends Producer { brokers(): number }

export interface KafkaClient {
  producer(transactionalId: string): TransactionalProducer;
  admin(): Admin;
  /** A connection to the cluster that shows committed records alone. */
  cluster(): Cluster;
  readonly logger: object;
}

/** Nothing is asked of the network yet. SETTING_INVALID for a user without a password. */
export function openClient({ brokers, user, password, mechanism = 'plain', tls, ca }: KafkaAddress): KafkaClient {
  if ((user === undefined) !== (password === undefined)) throw new FaultError('SETTING_INVALID', `There is a ${user === undefined ? 'password' : 'user'} for the Kafka broker and no ${user === undefined ? 'user' : 'password'}.`, { hint: 'Give both: kafka.user, and SLOWTHINK_KAFKA_PASSWORD or SLOWTHINK_KAFKA_PASSWORD_FILE.' });
  process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1';
  quietQueues();
  addZstd();
  const common = {
    clientId: 'slowthink', brokers: [...brokers], connectionTimeout: 5000, authenticationTimeout: 10_000, reauthenticationThreshold: 10_000, requestTimeout: requestTimeoutMs, enforceRequestTimeout: true, retry,
    ...(tls || ca !== undefined ? { ssl: ca === undefined ? true as const : { ca: [ca] } } : {}),
    ...(user === undefined ? {} : { sasl: { mechanism, username: user, password: password! } as SASLOptions }),
  };
  const logger = loggers.createLogger({ level: loggers.LEVELS.NOTHING, logCreator: () => () => {} }); // faults say what matters; kafkajs reports every rebalance as an error
  const cluster = (): Cluster => {
    const sockets = ownSockets();
    const one = withReasons(new Cluster({ ...common, logger, socketFactory: sockets.make, metadataMaxAge: 300_000, allowAutoTopicCreation: false, maxInFlightRequests: null, isolationLevel: 1, instrumentationEmitter: new InstrumentationEventEmitter(), offsets: new Map() }));
    const disconnect = one.disconnect.bind(one);
    one.disconnect = () => sockets.end(disconnect);
    return one;
  };
  return {
    logger, cluster,
    producer: (transactionalId) => {
      const own = forTransactions(cluster());
      const producer = createProducer({ retry: transactionRetry, logger, cluster: own, transactionalId, transactionTimeout: transactionTimeoutMs, instrumentationEmitter: new InstrumentationEventEmitter() });
      return { ...producer, brokers: () => own.getNodeIds().length };
    },
    admin: () => {
      const sockets = ownSockets();
      const admin = new kafkajs.Kafka({ ...common, logLevel: kafkajs.logLevel.NOTHING, socketFactory: sockets.make }).admin({ retry });
      return { ...admin, disconnect: () => sockets.end(admin.disconnect) };
    },
  };
}

/** Where no broker names the coordinator of a group or a transactional id, kafkajs says that there is none, whatever the reason was: one broker is asked once more, and its answer is the error. */
function withReasons(cluster: Cluster): Cluster {
  const find = cluster.findGroupCoordinatorMetadata.bind(cluster);
  cluster.findGroupCoordinatorMetadata = async (group) => {
    try { return await find(group); } catch (error) {
      if (!rootOf(error).name?.endsWith('GroupCoordinatorNotFound')) throw error;
      return (await cluster.brokerPool.findConnectedBroker()).findGroupCoordinator(group);
    }
  };
  return cluster;
}

/** kafkajs asks who coordinates before every step of a transaction, and waits 300 ms where a transaction of the same id is just ending. A producer whose commit failed is thrown away, so its coordinators may be remembered. */
function forTransactions(cluster: Cluster): Cluster {
  cluster.retry = transactionRetry;
  const find = cluster.findGroupCoordinator.bind(cluster);
  const known = new Map<string, ReturnType<typeof find>>();
  cluster.findGroupCoordinator = (group) => {
    const id = `${group.coordinatorType ?? 0}/${group.groupId}`;
    const asked = known.get(id) ?? find(group);
    known.set(id, asked);
    asked.catch(() => known.delete(id));
    return asked;
  };
  return cluster;
}
