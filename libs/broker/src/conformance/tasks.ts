import { describe, expect, it } from 'vitest';
import type { Trial } from '../conformance.ts';
import type { Assignment, Broker } from '../broker.ts';
import { progressOf, recordsOf, start, takeAll, takeToEnd, transactionOf, valuesOf } from './sample.ts';

export function taskSuite(trial: () => Trial): void {
  describe('tasks', () => {
    it('have no progress before the first commit and afterwards that of their claim', async () => {
      const { broker } = trial();
      const first = await broker.claim('expand', 1);
      expect(first.progress).toBeUndefined();
      await first.commit(transactionOf('expand', 1, recordsOf('rollouts', 1, 3)));
      const second = await broker.claim('expand', 1);
      expect(second.progress).toEqual(progressOf('expand', 1, 3));
      await second.commit(transactionOf('expand', 1, [], 9));
      expect(second.progress).toEqual(progressOf('expand', 1, 3));
      expect(first.progress).toBeUndefined();
      expect([first.stage, first.partition]).toEqual(['expand', 1]);
    });

    it('keep progress as it was written: unsettled offsets, restore points, notes', async () => {
      const { broker } = trial();
      const progress = { ...progressOf('expand', 0, 4), positions: { questions: { next: 9000, unsettled: Array.from({ length: 2000 }, (_, at) => at * 3) } }, notes: { text: 'β 😀', deep: { list: [1, 2.5, null] } } };
      await (await broker.claim('expand', 0)).commit({ outputs: [], progress });
      expect((await broker.claim('expand', 0)).progress).toEqual(progress);
      expect(await broker.progress()).toEqual([progress]);
    });

    it('read the partition of their own number', async () => {
      const { broker } = trial();
      const task = await broker.claim('label', 2);
      await task.commit(transactionOf('label', 2, [...recordsOf('questions', 1, 2), ...recordsOf('questions', 2, 2, 20)]));
      expect(valuesOf(await takeAll(task.read('questions', start), 2))).toEqual(['value 20', 'value 21']);
      expect(() => task.read('one', start)).toThrow(/one/);
    });

    it('are fenced by a later claim: the older commit fails, nothing of it shows, the newer goes on', async () => {
      const { broker } = trial();
      const older = await broker.claim('expand', 0);
      await older.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1)));
      const newer = await broker.claim('expand', 0);
      await expect(older.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 2, 100), 50))).rejects.toMatchObject({ code: 'TASK_FENCED', message: expect.stringContaining('expand') as string });
      await newer.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1, 1), 2));
      await expect(older.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 2, 200), 60))).rejects.toMatchObject({ code: 'TASK_FENCED' });
      expect(await broker.progress()).toEqual([progressOf('expand', 0, 2)]);
      const { end } = (await broker.ranges('rollouts'))[0]!;
      expect(valuesOf(await takeToEnd(broker.read('rollouts', 0, start, { until: end })))).toEqual(['value 0', 'value 1']);
    });

    it('are not fenced by other stages or partitions', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      await broker.claim('expand', 1);
      await broker.claim('label', 0);
      await task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1)));
      expect(await broker.progress()).toEqual([progressOf('expand', 0, 1)]);
    });

    it('see in their claim the commit that came just before it', async () => {
      const { broker } = trial();
      const older = await broker.claim('expand', 0);
      const outcome = older.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 2))).then(() => 'committed', () => 'fenced');
      const newer = await broker.claim('expand', 0);
      expect(newer.progress).toEqual(await outcome === 'committed' ? progressOf('expand', 0, 2) : undefined);
      expect((await broker.progress()).length).toBe(await outcome === 'committed' ? 1 : 0);
    });

    it('end their readers and commit no more once they are released; the next claim goes on', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      const ready = task.read('questions', start).ready();
      await task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1)));
      await task.release();
      expect(await ready).toBe(false);
      await expect(task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1)))).rejects.toMatchObject({ code: 'TASK_FENCED' });
      const next = await broker.claim('expand', 0);
      expect(next.progress).toEqual(progressOf('expand', 0, 1));
      await next.commit(transactionOf('expand', 0, [], 2));
    });

    it('are all listed by progress()', async () => {
      const { broker } = trial();
      for (const [stage, partition] of [['expand', 0], ['expand', 10], ['label', 0], ['import', 0]] as const) {
        await (await broker.claim(stage, partition)).commit({ outputs: [], progress: progressOf(stage, partition, partition + 1) });
      }
      await broker.claim('shard', 0);
      expect((await broker.progress()).map(({ stage, partition, ledger }) => `${stage}/${partition}=${ledger.in}`).toSorted()).toEqual(['expand/0=1', 'expand/10=11', 'import/0=1', 'label/0=1']);
    });

    it('are joined: all partitions where nobody else can be, and the assignments end after leave', async () => {
      const { broker } = trial();
      const membership = await broker.join('expand', ['questions', 'rollouts']);
      const seen: Assignment[] = [];
      for await (const assignment of membership.assignments) {
        seen.push(assignment);
        void membership.leave();
      }
      expect(seen[0]!.gained.toSorted()).toEqual([0, 1, 2, 3]);
      expect(seen[0]!.lost).toEqual([]);
      if (broker.exclusive) expect(seen).toHaveLength(1);
    });

    it('cannot join topics that are absent or not co-partitioned', async () => {
      const { broker } = trial();
      await expect(broker.join('expand', ['questions', 'absent'])).rejects.toThrow(/absent/);
      await expect(broker.join('expand', ['questions', 'one'])).rejects.toThrow(/co-partitioned/);
    });

    it('refuse to begin on a closed broker', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      await broker.close();
      await expect(task.commit(transactionOf('expand', 0, []))).rejects.toThrow();
      await expect(broker.claim('expand', 0)).rejects.toThrow();
    });

    it('find records, progress and topics again after a restart, and go on behind them', async (test) => {
      const { broker, reopen } = trial();
      if (reopen === undefined) return test.skip();
      const task = await broker.claim('expand', 0);
      const { offsets } = await task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 3)));
      await broker.deleteBelow('rollouts', 0, offsets[1]!);
      const decided = async (one: Broker) => (await one.ranges('rollouts')).map(({ end, ...range }) => ({ ...range, ...(broker.exclusive ? { end } : {}) })); // elsewhere the marker of a transaction comes a moment after its commit
      const before = { topics: await broker.topics(), ranges: await decided(broker) };
      const again = await reopen();
      expect({ topics: await again.topics(), ranges: await decided(again) }).toEqual(before);
      expect(await again.progress()).toEqual([progressOf('expand', 0, 3)]);
      const next = await again.claim('expand', 0);
      expect(next.progress).toEqual(progressOf('expand', 0, 3));
      const receipt = await next.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1, 3), 4));
      expect(receipt.offsets[0]).toBeGreaterThan(offsets[2]!);
      expect(valuesOf(await takeAll(again.read('rollouts', 0, start), 3))).toEqual(['value 1', 'value 2', 'value 3']);
      await expect(task.commit(transactionOf('expand', 0, []))).rejects.toThrow();
      await again.close();
    });
  });
}
