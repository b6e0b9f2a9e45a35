import type { Transaction } from '@slowthink/broker';
import { crossPoint } from '@slowthink/faults';
import kafkajs, { type Message, type Producer } from 'kafkajs';
import { claimKey, commitHeader } from './progress-log.ts';

export interface Sending extends Transaction {
  /** Of this transaction; the same when it is sent again. */
  readonly id: string;
  readonly stage: string;
  readonly partition: number;
  readonly nameOf: (name: string) => string;
  readonly partitionsOf: (topic: string) => number | undefined;
  /** Whether the group's offsets go with it: two more of five round trips, for lag tools alone. */
  readonly withOffsets: boolean;
}

/** Low watermark of each topic a task reads: everything below it is settled. What ordinary lag tools show. */
export const watermarksOf = ({ positions }: Transaction['progress']): { readonly [topic: string]: number } =>
  Object.fromEntries(Object.entries(positions).map(([topic, { next, unsettled }]) => [topic, Math.min(next, ...unsettled)]));

/** Outputs and progress in one transaction, the group's offsets with them where they are wanted. `sent` hears the offset of each output, in the order given, before the transaction is committed. */
export async function sendTransaction(producer: Producer, { outputs, progress, id, stage, partition, nameOf, partitionsOf, withOffsets }: Sending, sent: (offsets: readonly number[]) => void): Promise<void> {
  const byTopic = new Map<string, Message[]>();
  const add = (topic: string, message: Message): void => { const messages = byTopic.get(topic); if (messages) messages.push(message); else byTopic.set(topic, [message]); };
  for (const output of outputs) add(nameOf(output.topic), { partition: output.partition, key: output.key, value: output.value });
  add(nameOf('progress'), { partition: 0, key: `${stage}/${partition}`, value: JSON.stringify(progress), headers: { [commitHeader]: id } });
  const transaction = await producer.transaction();
  crossPoint('transaction.begun', stage);
  const written = await transaction.sendBatch({ acks: -1, compression: kafkajs.CompressionTypes.ZSTD, topicMessages: [...byTopic].map(([topic, messages]) => ({ topic, messages })) });
  crossPoint('transaction.sent', stage);
  const next = new Map(written.map(({ topicName, partition: at, baseOffset }) => [`${topicName}/${at}`, Number(baseOffset)])); // a transaction's records of one partition stand side by side
  sent(outputs.map((output) => {
    const place = `${nameOf(output.topic)}/${output.partition}`;
    const offset = next.get(place);
    if (offset === undefined || Number.isNaN(offset)) throw new Error(`the broker gave no offset for ${place}`);
    next.set(place, offset + 1);
    return offset;
  }));
  const watermarks = Object.entries(watermarksOf(progress)).filter(([topic]) => partition < (partitionsOf(topic) ?? 0));
  if (withOffsets && watermarks.length > 0) await transaction.sendOffsets({ consumerGroupId: nameOf(stage), topics: watermarks.map(([topic, offset]) => ({ topic: nameOf(topic), partitions: [{ partition, offset: String(offset) }] })) });
  crossPoint('transaction.ending', stage);
  await transaction.commit();
  crossPoint('transaction.committed', stage);
}

/** Says in `progress` who owns a task from now on: an owner whose id was taken finds it there. */
export async function sendClaim(producer: Producer, { stage, partition, claim, nameOf }: { readonly stage: string; readonly partition: number; readonly claim: string; readonly nameOf: (name: string) => string }): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send({ acks: -1, topic: nameOf('progress'), messages: [{ partition: 0, key: claimKey(`${stage}/${partition}`), value: claim }] });
  await transaction.commit();
}
