// Transactions that overlap and are aborted, the one that began first last: the order in which kafkajs 2.2.4 itself lets records of it through.
import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import kafkajs, { type Message, type Producer, type Transaction } from 'kafkajs';
import type { Broker } from '@slowthink/broker';
import type { ProgressRecord } from '@slowthink/records';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { openKafkaBroker } from './open-kafka-broker.ts';
import { commitHeader } from './progress-log.ts';
import { kafkaName } from './topic-config.ts';

let run: string;
let brokers: Broker[];
let producers: Producer[];
beforeEach(() => { [run, brokers, producers] = [`aborted-${randomUUID().slice(0, 8)}`, [], []]; });
afterEach(async () => { for (const one of [...producers.map((producer) => producer.disconnect()), ...brokers.map((broker) => broker.close())]) await one; });

async function open(): Promise<Broker> {
  const broker = await openKafkaBroker({ address: { brokers: [inject('kafka')] }, run });
  brokers.push(broker);
  return broker;
}

const progressOf = (count: number): ProgressRecord => ({ type: 'progress', v: 1, stage: 'expand', partition: 0, positions: {}, restore: {}, ledger: { in: count, ok: count, failed: 0, dropped: 0, open: 0 }, notes: {} });
const output = (value: string) => ({ topic: 'questions', partition: 0, key: value, value });

/** As two workers that die in the middle and whose successors claim: each begins a transaction and sends, `first` before `second`; `second` is aborted before `first`. */
async function abortOverlapping(broker: Broker, topic: string, first: Message, second: Message): Promise<void> {
  const kafka = new kafkajs.Kafka({ brokers: [inject('kafka')], logLevel: kafkajs.logLevel.NOTHING });
  const begin = async (message: Message): Promise<Transaction> => {
    const producer = kafka.producer({ transactionalId: randomUUID(), maxInFlightRequests: 1, createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    producers.push(producer);
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: kafkaName(run, topic), messages: [{ partition: 0, ...message }] });
    return transaction;
  };
  const end = async (): Promise<number> => (await broker.ranges(topic))[0]!.end;
  const open = [await begin(first), await begin(second)];
  for (const transaction of open.toReversed()) {
    const before = await end();
    await transaction.abort();
    while (await end() === before) await setTimeout(5); // its marker is in the log
  }
}

async function valuesOf(broker: Broker): Promise<readonly string[]> {
  const reader = broker.read('questions', 0, { next: 0, unsettled: [] }, { until: (await broker.ranges('questions'))[0]!.end });
  const values: string[] = [];
  while (await reader.ready()) values.push(...reader.take(100).map(({ value }) => value));
  return values;
}

it('shows a reader no record of two transactions that overlapped and were both aborted, and everything committed around and between them', async () => {
  const broker = await open();
  await broker.ensureTopics([{ name: 'questions', partitions: 1, retention: 'forever' }]);
  const task = await broker.claim('expand', 0);
  for (const round of [1, 2, 3]) {
    await task.commit({ outputs: [output(`before ${round}`)], progress: progressOf(round) });
    await abortOverlapping(broker, 'questions', { value: `first ${round}` }, { value: `second ${round}` });
  }
  await task.commit({ outputs: [output('after')], progress: progressOf(4) });
  const committed = ['before 1', 'before 2', 'before 3', 'after'];
  expect(await valuesOf(broker)).toEqual(committed);
  expect(await valuesOf(await open())).toEqual(committed);
});

it('takes no progress from two transactions that overlapped and were both aborted: the task goes on from what its owner committed', async () => {
  const broker = await open();
  await broker.ensureTopics([{ name: 'questions', partitions: 1, retention: 'forever' }]);
  const task = await broker.claim('expand', 0);
  await task.commit({ outputs: [], progress: progressOf(1) });
  const theirs = (count: number): Message => ({ key: 'expand/0', value: JSON.stringify(progressOf(count)), headers: { [commitHeader]: randomUUID() } });
  await abortOverlapping(broker, 'progress', theirs(8), theirs(9));
  for (const one of [broker, await open()]) expect(await one.progress()).toEqual([progressOf(1)]);
  await task.commit({ outputs: [output('mine')], progress: progressOf(2) });
  expect(await (await open()).progress()).toEqual([progressOf(2)]);
  expect((await (await open()).claim('expand', 0)).progress).toEqual(progressOf(2));
});
