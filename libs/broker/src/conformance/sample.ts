import type { ProgressRecord } from '@slowthink/records';
import type { NewRecord, Reader, StoredRecord, TopicSpec, Transaction } from '../broker.ts';

export const sampleTopics: readonly TopicSpec[] = [
  { name: 'questions', partitions: 4, retention: 'forever' },
  { name: 'rollouts', partitions: 4, retention: 'open-trees' },
  { name: 'one', partitions: 1, retention: 'open-trees' },
];

export const start = { next: 0, unsettled: [] } as const;

export const progressOf = (stage: string, partition: number, count: number, notes: ProgressRecord['notes'] = {}): ProgressRecord => ({
  type: 'progress', v: 1, stage, partition,
  positions: { questions: { next: count, unsettled: count > 2 ? [0, count - 2] : [] } },
  restore: { rollouts: count }, ledger: { in: count, ok: count, failed: 0, dropped: 0, open: 0 }, notes,
});

/** `count` records `value 0`, `value 1`, … of one partition. */
export const recordsOf = (topic: string, partition: number, count: number, from = 0): readonly NewRecord[] =>
  Array.from({ length: count }, (_, at) => ({ topic, partition, key: `key ${from + at}`, value: `value ${from + at}` }));

export const transactionOf = (stage: string, partition: number, outputs: readonly NewRecord[], count = outputs.length): Transaction => ({ outputs, progress: progressOf(stage, partition, count) });

/** The next `count` records, waiting as long as it takes; fails when the reader ends before. */
export async function takeAll(reader: Reader, count: number): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (records.length < count) {
    if (!(await reader.ready())) throw new Error(`the reader ended after ${records.length} of ${count} records`);
    records.push(...reader.take(count - records.length));
  }
  return records;
}

/** Everything up to the reader's end. */
export async function takeToEnd(reader: Reader): Promise<readonly StoredRecord[]> {
  const records: StoredRecord[] = [];
  while (await reader.ready()) records.push(...reader.take(1000));
  return records;
}

export const valuesOf = (records: readonly StoredRecord[]): readonly string[] => records.map((record) => record.value);
