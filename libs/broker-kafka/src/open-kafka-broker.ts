import type { Broker } from '@slowthink/broker';
import { silent, type Observer } from '@slowthink/stream';
import { KafkaBroker } from './kafka-broker.ts';
import { openClient } from './kafka-client.ts';
import { checkRunName, type KafkaAddress } from './kafka-settings.ts';
import { TopicAdmin } from './topic-admin.ts';

export interface KafkaBrokerOptions {
  readonly address: KafkaAddress;
  /** Begins every topic, group and transactional id: several runs stand side by side on one broker. */
  readonly run: string;
  /** Default 10 s. */
  readonly sessionTimeoutMs?: number;
  /** How long a broker that is away is waited for once the run goes. Default 30 minutes. */
  readonly giveUpMs?: number;
  readonly observer?: Observer;
}

/**
 * The log as topics of an Apache Kafka broker (2.5 or newer; measured with 4.3). Claims and commits are transactions, readers see committed records alone, and what is committed survives a worker, not the loss of every replica.
 * Faults: BROKER_UNREACHABLE, BROKER_UNAUTHORIZED, BROKER_REFUSED, SETTING_INVALID.
 */
export async function openKafkaBroker({ address, run, sessionTimeoutMs = 10_000, giveUpMs = 1_800_000, observer = silent }: KafkaBrokerOptions): Promise<Broker> {
  const client = openClient(address);
  const admin = new TopicAdmin(checkRunName(run), client.admin());
  try {
    await admin.connect();
    return new KafkaBroker({ client, admin, run, topics: await admin.list(), sessionTimeoutMs, giveUpMs, observer });
  } catch (error) {
    await admin.close();
    throw error;
  }
}
