import { existsSync } from 'node:fs';
import { FaultError } from '@slowthink/faults';
import { encodeRecord, hashId, partitionOf, topics, type QuestionRecord, type TreeRecord } from '@slowthink/records';
import type { Broker, NewRecord } from '@slowthink/broker';
import { emptyLedger, settleInLedger } from '@slowthink/stream';
import { openFolder, readTopic, runPaths } from '@slowthink/wiring';
import type { Command } from 'commander';
import { addSettings, placeKeys, settingsOf } from '../flags.ts';
import { tellInvalid } from '../tell-invalid.ts';

export function addRetry(program: Command): void {
  addSettings(program.command('retry'), [...placeKeys, 'log.durability'])
    .description('Put questions whose trees failed into the topic "questions" again, as a new attempt; "slowthink run" then works on them.')
    .addHelpText('after', '\nExample:\n  slowthink retry --dir runs/medqa && slowthink run --dir runs/medqa')
    .action(async (_options: unknown, command: Command) => {
      const { values: settings } = await settingsOf(command, true);
      if (settings.broker === 'sqlite' && !existsSync(runPaths(settings.dir).dir)) throw new FaultError('DIR_MISSING', `There is no folder ${runPaths(settings.dir).dir}.`);
      const broker = await openFolder(settings);
      try {
        const count = await retryFailed(broker);
        process.stdout.write(count === 0 ? 'No tree has failed without a later attempt that closed or is under way.\n' : `${count} questions stand in the topic again. Type: slowthink run --dir ${runPaths(settings.dir).dir}\n`);
      } finally { await broker.close(); }
    });
}

/** Questions whose latest attempt has a failed tree, again with the next attempt number: one batch with its ends, in one transaction. Returns how many. */
export async function retryFailed(broker: Broker): Promise<number> {
  const latest = new Map<string, { attempt: number; failed: boolean }>(); // only questions that failed at least once
  for await (const { value } of readTopic<TreeRecord>(broker, topics.trees, 'tree', tellInvalid)) {
    const before = latest.get(value.questionId);
    if (value.status === 'failed' || before) if (!before || before.attempt < value.attempt) latest.set(value.questionId, { attempt: value.attempt, failed: value.status === 'failed' });
  }
  const again = new Map<string, QuestionRecord>();
  for await (const { value } of readTopic<QuestionRecord>(broker, topics.questions, 'question', tellInvalid)) {
    const last = latest.get(value.id);
    if (!last?.failed) continue;
    if (value.attempt > last.attempt) { latest.delete(value.id); again.delete(value.id); } else again.set(value.id, { ...value, attempt: last.attempt + 1 });
  }
  if (again.size === 0) return 0;
  const partitions = (await broker.ranges(topics.questions.name)).length;
  const batch = hashId('retry', [...again.values()].map(({ id, attempt }) => [id, attempt]));
  const counts = Array.from({ length: partitions }, () => 0);
  const outputs: NewRecord[] = [];
  for (const question of again.values()) {
    const partition = partitionOf(question.id, partitions);
    counts[partition]!++;
    outputs.push({ topic: topics.questions.name, partition, key: question.id, value: encodeRecord(question) });
  }
  for (const [partition, count] of counts.entries()) outputs.push({ topic: topics.questions.name, partition, key: `end/${batch}`, value: encodeRecord({ type: 'end', v: 1, batch, count }) });
  const task = await broker.claim('retry', 0);
  let ledger = task.progress?.ledger ?? emptyLedger;
  for (let done = 0; done < again.size; done++) ledger = settleInLedger(ledger, 'ok');
  await task.commit({ outputs, progress: { type: 'progress', v: 1, stage: 'retry', partition: 0, positions: {}, restore: {}, ledger, notes: {} } });
  await task.release();
  return again.size;
}
