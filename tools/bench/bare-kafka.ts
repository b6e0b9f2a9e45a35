// The parts of a replay that kafkajs does, and nothing else.
import kafkajs, { type Kafka } from 'kafkajs';

const recordsPerSend = 500;
const sendsAtOnce = 4;

export interface Kept { readonly partition: number; readonly key: string; readonly value: string }

/** Seconds in which a consumer of kafkajs has joined a group and has every record of a topic; offsets are committed nowhere. */
export async function consume(kafka: Kafka, topic: string, records: number): Promise<number> {
  const consumer = kafka.consumer({ groupId: `${topic}-bare`, maxBytesPerPartition: 8_388_608, readUncommitted: false });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  try {
    return await new Promise<number>((resolve, reject) => {
      let [count, bytes] = [0, 0];
      const start = performance.now();
      consumer.run({
        autoCommit: false, partitionsConsumedConcurrently: 8,
        eachBatch: async ({ batch }) => {
          for (const { value } of batch.messages) bytes += value!.length;
          count += batch.messages.length;
          if (count >= records) resolve((performance.now() - start) / 1000);
        },
      }).catch(reject);
    });
  } finally { await consumer.disconnect(); }
}

/** Seconds in which a producer of kafkajs has written records to a topic, idempotently and acknowledged by all replicas, zstd; reading them is not counted. */
export async function produce(kafka: Kafka, topic: string, records: AsyncIterable<readonly Kept[]>): Promise<number> {
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: sendsAtOnce });
  await producer.connect();
  let ms = 0;
  try {
    for await (const some of records) {
      const start = performance.now();
      await Promise.all(Array.from({ length: Math.ceil(some.length / recordsPerSend) }, (_, at) => producer.send({
        topic, acks: -1, compression: kafkajs.CompressionTypes.ZSTD, messages: some.slice(at * recordsPerSend, (at + 1) * recordsPerSend).map(({ partition, key, value }) => ({ partition, key, value })),
      })));
      ms += performance.now() - start;
    }
    return ms / 1000;
  } finally { await producer.disconnect(); }
}

/** Records that `produce` sends together. */
export const recordsAtOnce = recordsPerSend * sendsAtOnce;
