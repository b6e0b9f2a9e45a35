// What a broker that was killed may leave: a transaction that never ends, and a log without a commit that was confirmed.
import { randomUUID } from 'node:crypto';
import kafkajs, { type Message, type Producer, type Transaction } from 'kafkajs';
import type { Broker } from '@slowthink/broker';
import type { ProgressRecord } from '@slowthink/records';
import { silent } from '@slowthink/stream';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { ClusterLink } from './cluster-link.ts';
import { openClient } from './kafka-client.ts';
import { openKafkaBroker } from './open-kafka-broker.ts';
import { commitHeader, ProgressLog } from './progress-log.ts';
import { kafkaName } from './topic-config.ts';

let run: string;
let broker: Broker;
let producers: Producer[];
beforeEach(async () => {
  [run, producers] = [`hanging-${randomUUID().slice(0, 8)}`, []];
  broker = await openKafkaBroker({ address: { brokers: [inject('kafka')] }, run });
  await broker.ensureTopics([{ name: 'questions', partitions: 1, retention: 'forever' }]);
});
afterEach(async () => { for (const one of [...producers.map((producer) => producer.disconnect()), broker.close()]) await one; });

const progressOf = (count: number): ProgressRecord => ({ type: 'progress', v: 1, stage: 'expand', partition: 0, positions: {}, restore: {}, ledger: { in: count, ok: count, failed: 0, dropped: 0, open: 0 }, notes: {} });
const commitOf = (count: number) => ({ outputs: [{ topic: 'questions', partition: 0, key: 'k', value: `value ${count}` }], progress: progressOf(count) });

/** A transaction of another client. */
async function begin(transactionalId: string, message?: Message): Promise<Transaction> {
  const producer = new kafkajs.Kafka({ brokers: [inject('kafka')], logLevel: kafkajs.logLevel.NOTHING }).producer({ transactionalId, maxInFlightRequests: 1, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  producers.push(producer);
  await producer.connect();
  const transaction = await producer.transaction();
  if (message !== undefined) await transaction.send({ topic: kafkaName(run, 'progress'), messages: [{ partition: 0, ...message }] });
  return transaction;
}

it('says where a transaction hangs, and where to read how it is ended', async () => {
  const link = new ClusterLink({ open: openClient({ brokers: [inject('kafka')] }).cluster, observer: silent, giveUpMs: 0 });
  const log = new ProgressLog(kafkaName(run, 'progress'), link, 300, silent);
  await (await broker.claim('expand', 0)).commit(commitOf(1));
  expect(await log.all()).toEqual([progressOf(1)]);
  const transaction = await begin(randomUUID(), { key: 'expand/0', value: 'x' });
  try {
    await expect(log.all()).rejects.toMatchObject({
      code: 'BROKER_UNREACHABLE', message: expect.stringMatching(new RegExp(`^The progress of the run could not be read: a transaction in ${kafkaName(run, 'progress')}, partition 0, is open at offset \\d+, longer than 0.3 s\\.$`)),
      hint: expect.stringContaining('"A transaction that never ends"'),
    });
  } finally { await transaction.abort(); }
  expect(await log.all()).toEqual([progressOf(1)]);
  await link.close();
});

it('builds on no commit that was confirmed and is gone: STORE_CORRUPT', async () => {
  const task = await broker.claim('expand', 0);
  await task.commit(commitOf(1));
  await task.commit(commitOf(2));
  await (await begin(randomUUID(), { key: 'expand/0', value: JSON.stringify(progressOf(1)), headers: { [commitHeader]: 'earlier' } })).commit(); // as the log stands without the second one
  await (await begin(kafkaName(run, 'expand/0'))).abort(); // the task has to ask where it stands
  await expect(task.commit(commitOf(3))).rejects.toMatchObject({ code: 'STORE_CORRUPT', message: 'A commit of expand/0 that the broker confirmed is no longer in its log.', hint: expect.stringContaining('start them again') });
});

it('goes on where every commit that was confirmed is there', async () => {
  const task = await broker.claim('expand', 0);
  await task.commit(commitOf(1));
  await (await begin(kafkaName(run, 'expand/0'))).abort();
  await task.commit(commitOf(2));
  expect((await broker.progress())[0]!.ledger.in).toBe(2);
});
