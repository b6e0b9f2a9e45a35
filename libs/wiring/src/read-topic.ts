import type { Broker, StoredRecord } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { decodeRecord, type StreamRecord, type Topic } from '@slowthink/records';

/** All records of a topic (or of one partition) that are there now, partition by partition, in offset order; a batch at a time in memory. */
export async function* scanTopic(broker: Broker, topic: Topic, only?: number): AsyncIterable<StoredRecord> {
  for (const { partition, start, end } of await broker.ranges(topic.name)) {
    if (end <= start || (only !== undefined && only !== partition)) continue;
    const reader = broker.read(topic.name, partition, { next: start, unsettled: [] }, { until: end });
    try { while (await reader.ready()) yield* reader.take(200); } finally { reader.close(); }
  }
}

/** A record that another program wrote, as a sentence with its place. */
export const invalidRecord = ({ topic, partition, offset }: StoredRecord, error: unknown): string => `${topic}/${partition}/${offset} was passed over: ${(error as Error).message}`;

/** Like scanTopic, decoded and validated; a record that is not valid is handed to `invalid`, or thrown as RECORD_INVALID with its place. */
export async function* readTopic<Value extends StreamRecord>(broker: Broker, topic: Topic, type: Value['type'], { partition, invalid }: { readonly partition?: number; readonly invalid?: (stored: StoredRecord, error: unknown) => void } = {}): AsyncIterable<{ readonly stored: StoredRecord; readonly value: Value }> {
  for await (const stored of scanTopic(broker, topic, partition)) {
    let value: StreamRecord;
    try { value = decodeRecord(stored.value, topic.types); } catch (error) {
      if (!invalid) throw error instanceof FaultError ? new FaultError(error.code, `${stored.topic}/${stored.partition}/${stored.offset}: ${error.message}`, { cause: error, hint: error.hint }) : error;
      invalid(stored, error);
      continue;
    }
    if (value.type === type) yield { stored, value: value as Value };
  }
}
