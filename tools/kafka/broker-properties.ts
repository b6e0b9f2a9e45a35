/** Of the SASL broker: `slowthink` may do everything, `nobody` is known and may do nothing. */
export const kafkaUsers = { slowthink: 'slowthink-secret', nobody: 'nobody-secret' } as const;

export interface BrokerPlace {
  readonly port: number;
  readonly controllerPort: number;
  /** The broker's own: data, and everything beside them. */
  readonly dir: string;
  readonly security: 'plaintext' | 'sasl';
  /** Added last: they win. */
  readonly settings: Readonly<Record<string, string>>;
}

/** A single broker that is its own controller: one copy of everything, few partitions of its own topics, no waiting for more members. compose.yaml says the same in its words. */
export const singleBroker = {
  'process.roles': 'broker,controller',
  'node.id': '1',
  'controller.listener.names': 'CONTROLLER',
  'inter.broker.listener.name': 'CLIENT',
  'offsets.topic.replication.factor': '1',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.replication.factor': '1',
  'transaction.state.log.min.isr': '1',
  'transaction.state.log.num.partitions': '4',
  'share.coordinator.state.topic.replication.factor': '1',
  'share.coordinator.state.topic.min.isr': '1',
  'share.coordinator.state.topic.num.partitions': '4',
  'group.initial.rebalance.delay.ms': '0',
  'auto.create.topics.enable': 'false',
  'offset.metadata.max.bytes': '32767',
  'message.max.bytes': '10485760',
  'replica.fetch.max.bytes': '10485760',
  'log.cleaner.dedupe.buffer.size': '16777216',
  'broker.session.timeout.ms': '4000', // after a kill -9 a start that knows nothing of it waits this long for its predecessor's registration to lapse
  'broker.heartbeat.interval.ms': '500',
} as const;

const jaas = `org.apache.kafka.common.security.plain.PlainLoginModule required username="broker" password="broker-secret" user_broker="broker-secret" ${Object.entries(kafkaUsers).map(([user, password]) => `user_${user}="${password}"`).join(' ')};`;

/** Every right asked for; the controller's own listener knows no users, hence ANONYMOUS, which no client can be. */
const sasl = {
  'sasl.enabled.mechanisms': 'PLAIN',
  'sasl.mechanism.inter.broker.protocol': 'PLAIN',
  'listener.name.client.plain.sasl.jaas.config': jaas,
  'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
  'super.users': 'User:broker;User:ANONYMOUS;User:slowthink',
} as const;

/** The text of server.properties. */
export function brokerProperties({ port, controllerPort, dir, security, settings }: BrokerPlace): string {
  const all: Readonly<Record<string, string>> = {
    ...singleBroker,
    'listeners': `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${port}`,
    'listener.security.protocol.map': `CLIENT:${security === 'sasl' ? 'SASL_PLAINTEXT' : 'PLAINTEXT'},CONTROLLER:PLAINTEXT`,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    'log.dirs': `${dir}/data`,
    ...(security === 'sasl' ? sasl : {}),
    ...settings,
  };
  return Object.entries(all).map(([name, value]) => `${name}=${value.replaceAll('\\', '\\\\')}\n`).join('');
}

/** Of a controller alone over the data of a single broker: soon after its start it takes a broker that it hears nothing of for dead. It writes what it decides at once, and ten times a second that it has nothing to say. */
export function controllerProperties({ controllerPort, dir }: Pick<BrokerPlace, 'controllerPort' | 'dir'>): string {
  const address = `127.0.0.1:${controllerPort}`;
  return `process.roles=controller
node.id=${singleBroker['node.id']}
controller.listener.names=CONTROLLER
listeners=CONTROLLER://${address}
listener.security.protocol.map=CONTROLLER:PLAINTEXT
controller.quorum.voters=${singleBroker['node.id']}@${address}
log.dirs=${dir.replaceAll('\\', '\\\\')}/data
broker.session.timeout.ms=400
broker.heartbeat.interval.ms=200
controller.quorum.append.linger.ms=0
metadata.max.idle.interval.ms=100
`;
}
