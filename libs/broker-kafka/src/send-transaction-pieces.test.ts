import type { ProgressRecord } from '@slowthink/records';
import { expect, it } from 'vitest';
import type { TransactionalProducer } from './kafka-client.ts';
import { sendTransaction } from './send-transaction.ts';

const progress: ProgressRecord = { type: 'progress', v: 1, stage: 'expand', partition: 1, positions: {}, restore: {}, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {} };

/** Hears the requests of a transaction on a cluster of so many brokers; each place begins at offset 100. `lost`: a place that is not answered. */
function producerOn(brokers: number, lost?: string) {
  const requests: string[][] = [];
  const next = new Map<string, number>();
  let committed = 0;
  const sendBatch = async ({ topicMessages }: { readonly topicMessages: readonly { readonly topic: string; readonly messages: readonly { readonly partition: number }[] }[] }) => {
    const counts = new Map<string, number>();
    for (const { topic, messages } of topicMessages) for (const { partition } of messages) counts.set(`${topic}/${partition}`, (counts.get(`${topic}/${partition}`) ?? 0) + 1);
    requests.push([...counts].map(([place, count]) => `${place} ${count}`));
    return [...counts].filter(([place]) => place !== lost).map(([place, count]) => {
      const baseOffset = next.get(place) ?? 100;
      next.set(place, baseOffset + count);
      const [topicName, partition] = [place.slice(0, place.lastIndexOf('/')), Number(place.slice(place.lastIndexOf('/') + 1))];
      return { topicName, partition, baseOffset: String(baseOffset) };
    });
  };
  const producer = { brokers: () => brokers, transaction: async () => ({ sendBatch, commit: async () => { committed++; } }) } as unknown as TransactionalProducer;
  return { producer, requests, committed: () => committed };
}

const outputs = (sizes: readonly number[]) => sizes.map((size, index) => ({ topic: index % 2 === 0 ? 'trees' : 'expansions', partition: 1, key: 'k', value: 'x'.repeat(size) }));
const send = async (producer: TransactionalProducer, sizes: readonly number[]): Promise<readonly number[]> => {
  let offsets: readonly number[] = [];
  await sendTransaction(producer, { outputs: outputs(sizes), progress, id: 'a/1', stage: 'expand', partition: 1, nameOf: (name) => `run.${name}`, partitionsOf: () => 4, withOffsets: false }, (sent) => { offsets = sent; });
  return offsets;
};

it('sends one request where one broker leads all places', async () => {
  const { producer, requests } = producerOn(1);
  expect(await send(producer, [1, 1, 1])).toEqual([100, 100, 101]);
  expect(requests).toEqual([['run.trees/1 2', 'run.expansions/1 1', 'run.progress/0 1']]);
});

it('sends a request a place where several brokers may lead them: what one of them repeats never goes to another', async () => {
  const { producer, requests } = producerOn(3);
  expect(await send(producer, [1, 1, 1])).toEqual([100, 100, 101]);
  expect(requests.toSorted()).toEqual([['run.expansions/1 1'], ['run.progress/0 1'], ['run.trees/1 2']]);
});

it('sends many bytes of one place in pieces, in order, and never an empty one', async () => {
  const { producer, requests } = producerOn(1);
  expect(await send(producer, [3_000_000, 1, 3_000_000, 1, 5_000_000])).toEqual([100, 100, 101, 101, 102]);
  expect(requests.filter(([place]) => place!.startsWith('run.trees'))).toEqual([['run.trees/1 1'], ['run.trees/1 1'], ['run.trees/1 1']]);
});

it.each(['run.progress/0', 'run.trees/1'])('commits nothing when %s was not answered', async (lost) => {
  for (const brokers of [1, 3]) {
    const { producer, committed } = producerOn(brokers, lost);
    await expect(send(producer, [1, 1])).rejects.toThrow(`0 answers for ${lost}`);
    expect(committed()).toBe(0);
  }
});
