import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openSqliteBroker } from './open-sqlite-broker.ts';
import { freshDir, recordsOf, specs, transactionOf } from './sample.fixture.ts';

/** Transactions in the write-ahead log: frames whose header holds a database size (sqlite.org/fileformat2.html#walformat). */
function transactionsIn(dir: string): number {
  const wal = readFileSync(join(dir, 'stream.sqlite-wal'));
  const frameBytes = 24 + wal.readUInt32BE(8);
  let transactions = 0;
  for (let frame = 32; frame < wal.length; frame += frameBytes) if (wal.readUInt32BE(frame + 4) !== 0) transactions++;
  return transactions;
}

describe('the writer', () => {
  it('takes commits that wait together into fewer transactions of the file and still answers each', async () => {
    const dir = freshDir();
    const broker = await openSqliteBroker({ dir, mode: 'run' });
    await broker.ensureTopics(specs);
    const tasks = await Promise.all(Array.from({ length: 101 }, (_, at) => broker.claim(`stage-${at}`, 0)));
    const before = transactionsIn(dir);
    const receipts = await Promise.all(tasks.map((task, at) => task.commit(transactionOf(task.stage, 1, at === 0 ? recordsOf(1, 4_000_000) : recordsOf(3))))); // the first one takes its time
    expect(receipts.flatMap(({ offsets }) => offsets).toSorted((a, b) => a - b)).toEqual(Array.from({ length: 301 }, (_, offset) => offset));
    expect(transactionsIn(dir) - before).toBeGreaterThan(0);
    expect(transactionsIn(dir) - before).toBeLessThan(101);
    expect((await broker.progress()).length).toBe(101);
    await broker.close();
  });

  it('tells one task that its claim is gone without a word to the others', async () => {
    const broker = await openSqliteBroker({ dir: freshDir(), mode: 'run' });
    await broker.ensureTopics(specs);
    const [older, other] = [await broker.claim('expand', 0), await broker.claim('label', 0)];
    await broker.claim('expand', 0);
    const [fenced, fine] = await Promise.allSettled([older.commit(transactionOf('expand', 1, recordsOf(1))), other.commit(transactionOf('label', 1, recordsOf(1)))]);
    expect(fenced).toMatchObject({ status: 'rejected', reason: { code: 'TASK_FENCED' } });
    expect(fine).toMatchObject({ status: 'fulfilled', value: { offsets: [0] } });
    await broker.close();
  });
});
