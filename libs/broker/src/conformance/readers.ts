import { describe, expect, it } from 'vitest';
import type { Trial } from '../conformance.ts';
import type { Reader, Task } from '../broker.ts';
import { recordsOf, start, takeAll, takeToEnd, transactionOf, valuesOf } from './sample.ts';

/** `count` records in `questions` 0, one transaction for each `size`, so that holes fall between them where a log has holes. */
async function write(task: Task, count: number, size = count): Promise<readonly number[]> {
  const offsets: number[] = [];
  for (let from = 0; from < count; from += size) offsets.push(...(await task.commit(transactionOf(task.stage, task.partition, recordsOf('questions', 0, Math.min(size, count - from), from)))).offsets);
  return offsets;
}

/** Whether a promise is still open after what is due has run. */
async function isWaiting(promise: Promise<unknown>): Promise<boolean> {
  const open = Symbol('open');
  return await Promise.race([promise, new Promise((resolve) => { setTimeout(() => resolve(open), 20); })]) === open;
}

export function readerSuite(trial: () => Trial): void {
  describe('readers', () => {
    const writer = async () => trial().broker.claim('import', 0);

    it('give nothing and do not wait when nothing is there', () => {
      expect(trial().broker.read('questions', 0, start).take(10)).toEqual([]);
    });

    it('give at most what is asked for, in order, and each record once', async () => {
      await write(await writer(), 10);
      const reader = trial().broker.read('questions', 0, start);
      const values: string[] = [];
      while (values.length < 10) {
        expect(await reader.ready()).toBe(true);
        const taken = reader.take(3);
        expect(taken.length).toBeGreaterThanOrEqual(1);
        expect(taken.length).toBeLessThanOrEqual(3);
        values.push(...valuesOf(taken));
      }
      expect(values).toEqual(recordsOf('questions', 0, 10).map(({ value }) => value));
      expect(reader.take(3)).toEqual([]);
    });

    it('say ready again and again until something is taken', async () => {
      await write(await writer(), 1);
      const reader = trial().broker.read('questions', 0, start);
      expect(await reader.ready()).toBe(true);
      expect(await reader.ready()).toBe(true);
      expect(reader.take(5)).toHaveLength(1);
    });

    it('start at `next` even where that offset is a hole', async () => {
      const offsets = await write(await writer(), 6, 2);
      expect(valuesOf(await takeAll(trial().broker.read('questions', 0, { next: offsets[1]! + 1, unsettled: [] }), 4))).toEqual(['value 2', 'value 3', 'value 4', 'value 5']);
    });

    it('give the unsettled offsets first, then everything from `next` on', async () => {
      const offsets = await write(await writer(), 8, 2);
      const reader = trial().broker.read('questions', 0, { next: offsets[6]!, unsettled: [offsets[1]!, offsets[4]!] });
      expect(valuesOf(await takeAll(reader, 4))).toEqual(['value 1', 'value 4', 'value 6', 'value 7']);
    });

    it('pass over unsettled offsets that hold no record', async () => {
      const offsets = await write(await writer(), 4, 1);
      const { end } = (await trial().broker.ranges('questions'))[0]!;
      const all = Array.from({ length: end }, (_, offset) => offset);
      const reader = trial().broker.read('questions', 0, { next: end, unsettled: all });
      expect((await takeAll(reader, 4)).map(({ offset }) => offset)).toEqual(offsets);
      expect(reader.take(1)).toEqual([]);
    });

    it('end before `until`, a hole there or not, and give nothing that comes later', async () => {
      const task = await writer();
      const offsets = await write(task, 6, 3);
      expect(valuesOf(await takeToEnd(trial().broker.read('questions', 0, start, { until: offsets[4]! })))).toEqual(['value 0', 'value 1', 'value 2', 'value 3']);
      const { end } = (await trial().broker.ranges('questions'))[0]!;
      const whole = trial().broker.read('questions', 0, start, { until: end });
      await write(task, 3);
      expect(await takeToEnd(whole)).toHaveLength(6);
      expect(await whole.ready()).toBe(false);
      expect(await trial().broker.read('questions', 1, start, { until: 0 }).ready()).toBe(false);
    });

    it('give no unsettled offset at or behind `until`', async () => {
      const offsets = await write(await writer(), 6);
      const reader = trial().broker.read('questions', 0, { next: offsets[5]!, unsettled: [offsets[1]!, offsets[3]!] }, { until: offsets[3]! });
      expect(valuesOf(await takeToEnd(reader))).toEqual(['value 1']);
    });

    it('wait for an `until` that does not exist yet', async () => {
      const task = await writer();
      const reader = trial().broker.read('questions', 0, start, { until: 2 });
      const all = takeToEnd(reader);
      expect(await isWaiting(all)).toBe(true);
      await write(task, 3);
      expect((await all).every(({ offset }) => offset < 2)).toBe(true);
      expect((await all).length).toBeGreaterThanOrEqual(1);
    });

    it('hold no more than prefetchMax records and still give all of them in order', async () => {
      await write(await writer(), 100, 10);
      const reader = trial().broker.read('questions', 0, start, { prefetchMax: 7 });
      const values: string[] = [];
      while (values.length < 100) {
        await reader.ready();
        const taken = reader.take(1000);
        expect(taken.length).toBeGreaterThanOrEqual(1);
        expect(taken.length).toBeLessThanOrEqual(7);
        values.push(...valuesOf(taken));
      }
      expect(values).toEqual(recordsOf('questions', 0, 100).map(({ value }) => value));
    });

    it('wake when a commit to their partition arrives and stay asleep for others', async () => {
      const { broker } = trial();
      const task = await writer();
      const reader = broker.read('questions', 0, start);
      const ready = reader.ready();
      await task.commit(transactionOf('import', 0, [...recordsOf('questions', 1, 1), ...recordsOf('rollouts', 0, 1)]));
      expect(await isWaiting(ready)).toBe(true);
      await write(task, 1);
      expect(await ready).toBe(true);
      expect(valuesOf(reader.take(5))).toEqual(['value 0']);
      const again = reader.ready();
      await write(task, 1);
      expect(await again).toBe(true);
    });

    it('wake all together when several wait on one partition', async () => {
      const { broker } = trial();
      const task = await writer();
      const readers = Array.from({ length: 5 }, () => broker.read('questions', 0, start));
      const taken = Promise.all(readers.map((reader) => takeAll(reader, 1)));
      await write(task, 1);
      expect((await taken).flat()).toHaveLength(5);
    });

    it('end a waiting `ready` when they are closed, and give nothing more', async () => {
      const { broker } = trial();
      const reader = broker.read('questions', 0, start);
      const ready = reader.ready();
      reader.close();
      expect(await ready).toBe(false);
      await write(await writer(), 1);
      expect(await reader.ready()).toBe(false);
      expect(reader.take(5)).toEqual([]);
    });

    it('end when the broker closes', async () => {
      const { broker } = trial();
      const readers: readonly Reader[] = [broker.read('questions', 0, start), (await broker.claim('expand', 1)).read('questions', start)];
      const ready = readers.map((reader) => reader.ready());
      await broker.close();
      expect(await Promise.all(ready)).toEqual([false, false]);
    });
  });
}
