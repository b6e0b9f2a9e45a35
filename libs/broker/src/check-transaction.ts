import { FaultError } from '@slowthink/faults';
import type { Transaction } from './broker.ts';
import { unknownTopic } from './topic-specs.ts';

/** Refuses a transaction that could not be written whole: outputs to partitions that do not exist, progress of another task. Throws a RangeError; nothing is written. */
export function checkTransaction(stage: string, partition: number, transaction: Transaction, partitionsOf: (topic: string) => number | undefined): void {
  const { progress } = transaction;
  if (progress.stage !== stage || progress.partition !== partition) throw new RangeError(`the task ${stage}/${partition} cannot commit the progress of ${progress.stage}/${progress.partition}`);
  for (const output of transaction.outputs) {
    const partitions = partitionsOf(output.topic);
    if (partitions === undefined) throw unknownTopic(output.topic);
    if (!Number.isInteger(output.partition) || output.partition < 0 || output.partition >= partitions) throw unknownTopic(output.topic, output.partition);
  }
}

/** The fault of a commit whose task was claimed again or released: TASK_FENCED. */
export const fencedTask = (stage: string, partition: number): FaultError =>
  new FaultError('TASK_FENCED', `Partition ${partition} of the stage ${stage} was claimed again or released; the older claim can no longer commit, nothing of it was written.`);

/** The error of any call on a broker that was closed. */
export const closedBroker = (): Error => new Error('the broker is closed');
