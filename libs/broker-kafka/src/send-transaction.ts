import type { Transaction } from '@slowthink/broker';
import { crossPoint } from '@slowthink/faults';
import kafkajs, { type Message, type Producer, type RecordMetadata, type Transaction as KafkaTransaction } from 'kafkajs';
import type { TransactionalProducer } from './kafka-client.ts';
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

const compression = kafkajs.CompressionTypes.ZSTD;
const batchCharactersMax = 4_194_304; // of one partition at once; a broker bounds the bytes of a batch

interface Place { readonly topic: string; readonly partition: number; readonly messages: readonly Message[] }

/** Outputs and progress in one transaction, the group's offsets with them where they are wanted. `sent` hears the offset of each output, in the order given, before the transaction is committed. */
export async function sendTransaction(producer: TransactionalProducer, { outputs, progress, id, stage, partition, nameOf, partitionsOf, withOffsets }: Sending, sent: (offsets: readonly number[]) => void): Promise<void> {
  const places = new Map<string, { readonly topic: string; readonly partition: number; readonly messages: Message[] }>();
  const add = (topic: string, message: Message & { readonly partition: number }): void => {
    const name = `${topic}/${message.partition}`;
    const place = places.get(name) ?? { topic, partition: message.partition, messages: [] };
    places.set(name, place);
    place.messages.push(message);
  };
  for (const output of outputs) add(nameOf(output.topic), { partition: output.partition, key: output.key, value: output.value });
  add(nameOf('progress'), { partition: 0, key: `${stage}/${partition}`, value: JSON.stringify(progress), headers: { [commitHeader]: id } });
  const transaction = await producer.transaction();
  crossPoint('transaction.begun', stage);
  const offsets = new Map([...await write(transaction, [...places.values()], producer.brokers())].map(([place, all]) => [place, all.values()]));
  crossPoint('transaction.sent', stage);
  sent(outputs.map((output) => offsets.get(`${nameOf(output.topic)}/${output.partition}`)!.next().value!));
  const watermarks = Object.entries(watermarksOf(progress)).filter(([topic]) => partition < (partitionsOf(topic) ?? 0));
  if (withOffsets && watermarks.length > 0) await transaction.sendOffsets({ consumerGroupId: nameOf(stage), topics: watermarks.map(([topic, offset]) => ({ topic: nameOf(topic), partitions: [{ partition, offset: String(offset) }] })) });
  crossPoint('transaction.ending', stage);
  await transaction.commit();
  crossPoint('transaction.committed', stage);
}

/**
 * Offsets of the messages of each place. One request for all where one broker leads them all; else one a place: kafkajs, when one broker of a request fails, repeats what others are about to take, or leaves out what has moved to one that
 * answered. A place of many bytes goes in pieces, one after the other.
 */
async function write(transaction: Pick<KafkaTransaction, 'sendBatch'>, places: readonly Place[], brokers: number): Promise<ReadonlyMap<string, readonly number[]>> {
  const pieces = places.map((place) => piecesOf(place.messages));
  if (brokers === 1 && pieces.every(({ length }) => length === 1)) {
    const byTopic = [...Map.groupBy(places, ({ topic }) => topic)].map(([topic, ones]) => ({ topic, messages: ones.flatMap(({ messages }) => messages) }));
    const written = await transaction.sendBatch({ acks: -1, compression, topicMessages: byTopic });
    return new Map(places.map((place) => [`${place.topic}/${place.partition}`, offsetsOf(written, place, place.messages.length)]));
  }
  return new Map(await Promise.all(places.map(async (place, index): Promise<[string, number[]]> => {
    const offsets: number[] = [];
    for (const messages of pieces[index]!) offsets.push(...offsetsOf(await transaction.sendBatch({ acks: -1, compression, topicMessages: [{ topic: place.topic, messages: [...messages] }] }), place, messages.length));
    return [`${place.topic}/${place.partition}`, offsets];
  })));
}

/** A request's records of one partition stand side by side. A place without an answer was not written: an error. */
function offsetsOf(written: readonly RecordMetadata[], { topic, partition }: Place, count: number): readonly number[] {
  const answers = written.filter(({ topicName, partition: at }) => topicName === topic && at === partition);
  const first = Number(answers[0]?.baseOffset);
  if (answers.length !== 1 || Number.isNaN(first)) throw new Error(`the broker gave ${answers.length} answers for ${topic}/${partition}`);
  return Array.from({ length: count }, (_, index) => first + index);
}

function piecesOf(messages: readonly Message[]): readonly (readonly Message[])[] {
  const pieces: Message[][] = [[]];
  let characters = 0;
  for (const message of messages) {
    const length = message.value!.length;
    if (characters > 0 && characters + length > batchCharactersMax) { pieces.push([]); characters = 0; }
    pieces.at(-1)!.push(message);
    characters += length;
  }
  return pieces;
}

/** Says in `progress` who owns a task from now on: an owner whose id was taken finds it there. */
export async function sendClaim(producer: Producer, { stage, partition, claim, nameOf }: { readonly stage: string; readonly partition: number; readonly claim: string; readonly nameOf: (name: string) => string }): Promise<void> {
  const transaction = await producer.transaction();
  await transaction.send({ acks: -1, topic: nameOf('progress'), messages: [{ partition: 0, key: claimKey(`${stage}/${partition}`), value: claim }] });
  await transaction.commit();
}
