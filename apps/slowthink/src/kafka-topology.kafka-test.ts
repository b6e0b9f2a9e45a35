// The rights that "slowthink topology --kafka" prints, on a real broker that denies everything else.
import { topics } from '@slowthink/records';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ConfigResourceTypes, Kafka, logLevel, ResourcePatternTypes } from 'kafkajs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kafkaUsers } from '../../../tools/kafka/broker-properties.ts';
import { startKafka, type RunningKafka } from '../../../tools/kafka/start-kafka.ts';
import { kafkaTopology, type KafkaTopology } from './kafka-topology.ts';

let broker: RunningKafka;
beforeAll(async () => { broker = await startKafka({ security: 'sasl' }); });
afterAll(() => broker?.stop());

const client = (username: keyof typeof kafkaUsers) => new Kafka({ brokers: [broker.bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 5 }, sasl: { mechanism: 'plain', username, password: kafkaUsers[username] } });
const topology = (run: string) => kafkaTopology(Object.values(topics), { run, partitions: 2, user: 'nobody' });

const resources = { 'topic': AclResourceTypes.TOPIC, 'group': AclResourceTypes.GROUP, 'transactional-id': AclResourceTypes.TRANSACTIONAL_ID } as const;
const operationOf = (name: string): AclOperationTypes => AclOperationTypes[name.replace(/(?<=[a-z])[A-Z]/, '_$&').toUpperCase() as keyof typeof AclOperationTypes];

/** What kafka-acls.sh does with the printed commands. */
async function grant({ rights }: KafkaTopology): Promise<void> {
  const admin = client('slowthink').admin();
  await admin.connect();
  try {
    await admin.createAcls({ acl: rights.flatMap(({ resource, prefix, principal, operations }) => operations.map((operation) => ({ principal, host: '*', resourceType: resources[resource], resourceName: prefix, resourcePatternType: ResourcePatternTypes.PREFIXED, operation: operationOf(operation), permissionType: AclPermissionTypes.ALLOW }))) });
  } finally { await admin.disconnect(); }
}

/** New rights reach the controller a moment after they are acknowledged: denied is who stays denied for two seconds. */
async function patiently<Result>(ask: () => Promise<Result>): Promise<Result> {
  for (let tries = 0; tries < 20; tries++) {
    try { return await ask(); } catch { await new Promise((done) => setTimeout(done, 100)); }
  }
  return ask();
}

/** Everything a run asks of a cluster, as the user without rights of their own. */
async function work(asked: KafkaTopology): Promise<string> {
  const kafka = client('nobody'), { run } = asked, topic = `${run}.trees`, groupId = `${run}.label`;
  const admin = kafka.admin(), producer = kafka.producer({ idempotent: true, transactionalId: `${run}.label-0`, maxInFlightRequests: 1, retry: { initialRetryTime: 5, retries: 20 } }), consumer = kafka.consumer({ groupId, readUncommitted: false });
  try {
    await admin.connect();
    await patiently(() => admin.createTopics({ waitForLeaders: false, topics: asked.topics.map(({ name, partitions, settings }) => ({ topic: name, numPartitions: partitions, configEntries: Object.entries(settings).map(([key, value]) => ({ name: key, value })) })) }));
    await patiently(async () => { // a broker hears of a new topic, and that it leads it, a moment after the controller has made it
      const { partitions } = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!;
      if (partitions.length === 0 || partitions.some(({ leader }) => leader < 0)) throw new Error(`${topic} has no leader yet`);
    });
    const { resources: [described] } = await patiently(() => admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic }] }));
    expect(described!.configEntries.find(({ configName }) => configName === 'retention.ms')?.configValue).toBe('-1');
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: ['one', 'two'].map((value) => ({ key: 'q', partition: 0, value })) });
    await transaction.sendOffsets({ consumerGroupId: groupId, topics: [{ topic, partitions: [{ partition: 0, offset: '1' }] }] });
    await transaction.commit();
    const offset = await patiently(async () => { // what was just committed may not be seen at once
      const at = (await admin.fetchOffsets({ groupId, topics: [topic] }))[0]!.partitions.find(({ partition }) => partition === 0)?.offset;
      return at === '-1' ? Promise.reject(new Error('no offset')) : at;
    });
    expect(offset).toBe('1');
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] });
    expect((await admin.fetchTopicOffsets(topic)).find(({ partition }) => partition === 0)?.low).toBe('1');
    await consumer.connect();
    await consumer.subscribe({ topic });
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
    await consumer.run({ autoCommit: false, eachMessage: async ({ message }) => { resolve(String(message.value)); } });
    return await promise;
  } finally { await Promise.all([admin, producer, consumer].map((one) => one.disconnect())); }
}

const denied = { errors: expect.arrayContaining([expect.objectContaining({ type: 'TOPIC_AUTHORIZATION_FAILED' })]) };

it('are enough for everything a run does, and none of them reaches another run', async () => {
  await grant(topology('first'));
  expect(await work(topology('first'))).toBe('two');
  await expect(work(topology('firsts'))).rejects.toMatchObject(denied);
});

it.each(topology('').rights.flatMap(({ resource, operations }) => operations.filter((operation) => operation !== 'Describe').map((operation) => [operation, resource] as const)))('%s on a %s is not more than a run needs', async (operation, resource) => {
  const whole = topology(`without-${operation}-${resource}`);
  await grant({ ...whole, rights: whole.rights.map((right) => (right.resource === resource ? { ...right, operations: right.operations.filter((one) => one !== operation) } : right)) });
  const fault = await work(whole).catch((error: unknown) => error);
  if (operation === 'Create') expect(fault).toMatchObject(denied);
  else expect(String(fault)).toMatch(/authoriz|deleting records/i); // of the latter the client keeps the reason to itself
}); // Describe comes with Read and Write
