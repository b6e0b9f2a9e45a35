import { FaultError } from '@slowthink/faults';

export type Mechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** How a broker in the network is reached. */
export interface KafkaAddress {
  /** host:port, at least one; the others of the cluster are learned from them. */
  readonly brokers: readonly string[];
  readonly user?: string | undefined;
  /** Never in a message, a log line or --explain. */
  readonly password?: string | undefined;
  readonly mechanism?: Mechanism | undefined;
  readonly tls?: boolean | undefined;
  /** PEM of the authorities that may sign the broker's certificate; the system's when left out. */
  readonly ca?: string | undefined;
}

const form = 'kafka://HOST:PORT[,HOST:PORT…]';

/** Whether --broker names a Kafka. */
export const isKafka = (broker: string): boolean => broker.startsWith('kafka:');

/** Hosts of "kafka://HOST:PORT,HOST:PORT". SETTING_INVALID; a user or password in the address is refused, since addresses are printed. */
export function brokersOf(address: string): readonly string[] {
  const rest = /^kafka:\/\/(.+?)\/?$/.exec(address)?.[1];
  const wrong = (what: string): FaultError => new FaultError('SETTING_INVALID', `--broker ${rest?.includes('@') ? 'kafka://…' : address} ${what}`, { hint: `Write ${form}.` });
  if (rest === undefined) throw wrong('is not an address.');
  if (rest.includes('@')) throw new FaultError('SETTING_INVALID', 'The address in --broker holds a user or a password.', { hint: `Write ${form}, and give them in SLOWTHINK_KAFKA_USER and SLOWTHINK_KAFKA_PASSWORD or SLOWTHINK_KAFKA_PASSWORD_FILE.` });
  const hosts = rest.split(',').map((host) => host.trim());
  for (const host of hosts) {
    const [, port] = /^(?:[\w.-]+|\[[0-9a-fA-F:.]+\]):(\d{1,5})$/.exec(host) ?? [];
    if (port === undefined || Number(port) < 1 || Number(port) > 65_535) throw wrong(`names no host and port in "${host}".`);
  }
  return hosts;
}

/** The name of a run as it begins every topic, group and transactional id of it. SETTING_INVALID for one that Kafka does not take. */
export function checkRunName(name: string): string {
  if (!/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}$/.test(name) || name.endsWith('.')) throw new FaultError('SETTING_INVALID', `--run ${JSON.stringify(name)} cannot begin the names of topics.`, { hint: 'Use letters, digits, dot, minus and underscore, 100 at most.' });
  return name;
}
