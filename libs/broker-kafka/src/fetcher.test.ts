import type Cluster from 'kafkajs/src/cluster/index.js';
import { expect, it } from 'vitest';
import type { ClusterLink } from './cluster-link.ts';
import { Fetcher } from './fetcher.ts';
import { PartitionReader } from './partition-reader.ts';

type Asked = readonly { readonly topic: string; readonly partitions: readonly { readonly partition: number; readonly fetchOffset: string }[] }[];

/** A cluster of one node with 4 records in each partition, whose replies have room for the records of `room` partitions. */
function clusterWith(room: number) {
  const asked: string[] = [];
  const node = {
    fetch: async ({ topics }: { readonly topics: Asked }) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      asked.push(topics.flatMap(({ partitions }) => partitions.map(({ partition, fetchOffset }) => `${partition}@${fetchOffset}`)).join(' '));
      let left = room;
      return { responses: topics.map(({ topic, partitions }) => ({ topicName: topic, partitions: partitions.map(({ partition, fetchOffset }) => {
        const from = Number(fetchOffset);
        const messages = from < 4 && left-- > 0 ? [0, 1, 2, 3].filter((offset) => offset >= from).map((offset) => ({ offset: String(offset), key: null, value: Buffer.from(`${partition}:${offset}`), headers: {}, isControlRecord: false, batchContext: { producerId: '1', inTransaction: false } })) : [];
        return { partition, highWatermark: '4', lastStableOffset: '4', abortedTransactions: [], messages };
      }) })) };
    },
  };
  const cluster = { findLeaderForPartitions: () => ({ 1: [0] }), findBroker: async () => node, refreshMetadata: async () => {} } as unknown as Cluster;
  const link = { use: (_what: string, _topics: readonly string[], call: (cluster: Cluster) => Promise<unknown>) => call(cluster), close: async () => {} } as unknown as ClusterLink;
  return { asked, fetcher: new Fetcher(link) };
}

it('takes no records in a reply that had no more room for no records: the partition is asked for alone', async () => {
  const { asked, fetcher } = clusterWith(1);
  const readers = [0, 1, 2].map((partition) => new PartitionReader({ name: 'trees', topic: 'run.trees', partition }, { next: 3, unsettled: partition === 2 ? [1] : [] }, { until: 4 }, fetcher, () => {}));
  const values = await Promise.all(readers.map(async (reader) => {
    const all: string[] = [];
    while (await reader.ready()) all.push(...reader.take(10).map(({ value }) => value));
    return all;
  }));
  expect(values).toEqual([['0:3'], ['1:3'], ['2:1', '2:3']]);
  expect(asked.slice(0, 3)).toEqual(['0@3', '1@3 2@1', '2@1']); // the first reader had begun alone
  await fetcher.close();
});
