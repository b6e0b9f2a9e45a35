import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import type { Broker } from '@slowthink/broker';
import { openKafkaBroker } from './open-kafka-broker.ts';

const run = `offsets-${randomUUID().slice(0, 8)}`;
const brokers = [inject('kafka')];
const admin = new kafkajs.Kafka({ brokers, logLevel: kafkajs.logLevel.NOTHING }).admin();
let broker: Broker;

beforeAll(async () => {
  await admin.connect();
  broker = await openKafkaBroker({ address: { brokers }, run });
  await broker.ensureTopics([{ name: 'questions', partitions: 1, retention: 'forever' }]);
});
afterAll(async () => { await broker.close(); await admin.disconnect(); });

/** What a lag tool sees of stage "expand". */
async function shown(): Promise<number> {
  const [topic] = await admin.fetchOffsets({ groupId: `${run}.expand`, topics: [`${run}.questions`] });
  return Number(topic!.partitions[0]!.offset);
}

/** The coordinator of a group hears of a commit a moment after it is over. */
const showsInTime = (offset: number) => vi.waitFor(async () => expect(await shown()).toBe(offset), { timeout: 10_000, interval: 50 });

const progress = (next: number, unsettled: number[] = []) => ({ type: 'progress', v: 1, stage: 'expand', partition: 0, positions: { questions: { next, unsettled } }, restore: {}, ledger: { in: next, ok: next, failed: 0, dropped: 0, open: 0 }, notes: {} } as const);

it('shows lag tools the low watermark of a task: soon after its last commit, and all of it once it is released', async () => {
  const task = await broker.claim('expand', 0);
  for (const next of [5, 6, 7]) await task.commit({ outputs: [], progress: progress(next, [next - 2]) });
  await showsInTime(5);
  for (const next of [8, 9]) await task.commit({ outputs: [], progress: progress(next) });
  await task.release();
  await showsInTime(9);
});

it('leaves the offsets to the new owner of a task', async () => {
  const old = await broker.claim('expand', 0);
  for (const next of [10, 11]) await old.commit({ outputs: [], progress: progress(next) });
  const other = await broker.claim('expand', 0);
  for (const next of [20, 21]) await other.commit({ outputs: [], progress: progress(next) });
  await old.release();
  await other.release();
  await showsInTime(21);
  const next = await broker.claim('expand', 0);
  expect(next.progress?.positions['questions']).toEqual({ next: 21, unsettled: [] });
});
