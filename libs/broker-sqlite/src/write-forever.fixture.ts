// A process for the tests to kill: opens the folder given, commits one transaction after another and prints each count once it is committed.
import { openSqliteBroker } from './open-sqlite-broker.ts';

const [dir, durability] = process.argv.slice(2) as [string, 'process' | 'power'];
const broker = await openSqliteBroker({ dir, durability, mode: 'run' });
await broker.ensureTopics([{ name: 'rollouts', partitions: 2, retention: 'open-trees' }]);
const task = await broker.claim('expand', 0);
process.stdout.write('open\n');
for (let count = (task.progress?.ledger.in ?? 0) + 1; ; count++) {
  const outputs = [0, 0, 0, 1].map((partition) => ({ topic: 'rollouts', partition, key: 'k', value: JSON.stringify({ count, text: 'x'.repeat(1500) }) }));
  await task.commit({ outputs, progress: { type: 'progress', v: 1, stage: 'expand', partition: 0, positions: {}, restore: {}, ledger: { in: count, ok: count, failed: 0, dropped: 0, open: 0 }, notes: {} } });
  process.stdout.write(`${count}\n`);
}
