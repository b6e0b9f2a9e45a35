import { describe, expect, it } from 'vitest';
import type { Trial } from '../conformance.ts';
import type { NewRecord } from '../broker.ts';
import { progressOf, recordsOf, start, takeAll, takeToEnd, transactionOf, valuesOf } from './sample.ts';

export function commitSuite(trial: () => Trial): void {
  describe('commits', () => {
    it('gives each output its offset, ascending in its partition, in the order of the outputs', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      const outputs = [0, 1, 2, 3, 4, 5, 6, 7].map((at): NewRecord => ({ topic: 'questions', partition: at % 3, key: `key ${at}`, value: `value ${at}` }));
      const { offsets } = await task.commit(transactionOf('import', 0, outputs));
      expect(offsets).toHaveLength(8);
      for (const partition of [0, 1, 2]) {
        const mine = outputs.map((output, at) => ({ ...output, offset: offsets[at]! })).filter((output) => output.partition === partition);
        expect(mine.map(({ offset }) => offset)).toEqual(mine.map(({ offset }) => offset).toSorted((a, b) => a - b));
        expect(await takeAll(broker.read('questions', partition, start), mine.length)).toEqual(mine);
      }
    });

    it('lets one task write to every partition of several topics', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      await task.commit(transactionOf('import', 0, [...[0, 1, 2, 3].flatMap((partition) => recordsOf('questions', partition, 2, partition * 10)), ...recordsOf('one', 0, 1)]));
      for (const partition of [0, 1, 2, 3]) {
        expect(valuesOf(await takeAll(broker.read('questions', partition, start), 2))).toEqual([`value ${partition * 10}`, `value ${partition * 10 + 1}`]);
      }
      expect(await takeAll(broker.read('one', 0, start), 1)).toHaveLength(1);
    });

    it('shows outputs and progress once the commit has resolved, progress without outputs too', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 2);
      await task.commit(transactionOf('expand', 2, recordsOf('rollouts', 2, 3)));
      expect(await broker.progress()).toEqual([progressOf('expand', 2, 3)]);
      expect(await takeAll(broker.read('rollouts', 2, start), 3)).toHaveLength(3);
      expect(await task.commit({ outputs: [], progress: progressOf('expand', 2, 4) })).toEqual({ offsets: [] });
      expect(await broker.progress()).toEqual([progressOf('expand', 2, 4)]);
    });

    it('writes nothing of a transaction that holds an output without a place, and goes on with the next', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      for (const bad of [{ topic: 'absent', partition: 0 }, { topic: 'questions', partition: 4 }, { topic: 'questions', partition: -1 }]) {
        await expect(task.commit(transactionOf('expand', 0, [...recordsOf('rollouts', 0, 2), { ...bad, key: 'k', value: 'v' }]))).rejects.toThrow(bad.topic);
      }
      expect(await broker.progress()).toEqual([]);
      expect((await broker.ranges('rollouts'))[0]!.end).toBe(0);
      await task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 1, 7)));
      expect(valuesOf(await takeAll(broker.read('rollouts', 0, start), 1))).toEqual(['value 7']);
    });

    it('refuses the progress of another task', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      await expect(task.commit({ outputs: [], progress: progressOf('expand', 1, 1) })).rejects.toThrow(/expand\/1/);
      await expect(task.commit({ outputs: [], progress: progressOf('label', 0, 1) })).rejects.toThrow(/label\/0/);
      expect(await broker.progress()).toEqual([]);
    });

    it('never shows a part of a transaction: whoever sees an output finds the progress that belongs to it', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      const reader = broker.read('rollouts', 0, start, { until: 1000 });
      const seen: number[] = [];
      const watching = (async () => {
        while (await reader.ready()) {
          const count = Number(reader.take(1000).at(-1)!.key); // key: the count that the transaction's progress holds
          if (!broker.exclusive) continue; // Kafka's markers reach partitions one after the other
          const [progress] = await broker.progress();
          expect(progress!.ledger.in).toBeGreaterThanOrEqual(count);
          seen.push(count);
        }
      })();
      for (let count = 5; count <= 200; count += 5) {
        await task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 5).map((record) => ({ ...record, key: String(count) })), count));
      }
      reader.close();
      await watching;
      if (broker.exclusive) expect(seen.length).toBeGreaterThan(0);
      expect((await broker.progress())[0]!.ledger.in).toBe(200);
    });

    it('keeps a record of 8 MB whole', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 1);
      const value = JSON.stringify({ text: 'abcdefghij'.repeat(800_000) });
      const outputs = [{ topic: 'rollouts', partition: 1, key: 'big', value }, ...recordsOf('rollouts', 1, 1)];
      await task.commit(transactionOf('expand', 1, outputs));
      const [big, small] = await takeAll(broker.read('rollouts', 1, start), 2);
      expect(big!.value.length).toBe(value.length);
      expect(big!.value === value).toBe(true);
      expect(small!.value).toBe('value 0');
    });

    it('keeps every character of key and value, an empty value too', async () => {
      const { broker } = trial();
      const task = await broker.claim('expand', 0);
      const texts = ['β-Blocker 5 µg/mL', '患者 😀 👩‍⚕️', 'a\u0000b', '\u{10ffff}\ufeff\u2028', 'line\r\nline\t"\\', ''];
      await task.commit(transactionOf('expand', 0, texts.map((text) => ({ topic: 'rollouts', partition: 0, key: `${text}/key`, value: text }))));
      const records = await takeAll(broker.read('rollouts', 0, start), texts.length);
      expect(valuesOf(records)).toEqual(texts);
      expect(records.map(({ key }) => key)).toEqual(texts.map((text) => `${text}/key`));
    });

    it('keeps the order of 10,000 records', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 3);
      const offsets: number[] = [];
      for (let from = 0; from < 10_000; from += 500) offsets.push(...(await task.commit(transactionOf('import', 3, recordsOf('questions', 3, 500, from), from + 500))).offsets);
      const records = await takeAll(broker.read('questions', 3, start), 10_000);
      expect(valuesOf(records)).toEqual(recordsOf('questions', 3, 10_000).map(({ value }) => value));
      expect(records.map(({ offset }) => offset)).toEqual(offsets);
      expect(offsets.every((offset, at) => at === 0 || offset > offsets[at - 1]!)).toBe(true);
    });

    it('takes concurrent commits of many tasks: every record once, each task in its own order, no offset twice', async () => {
      const { broker } = trial();
      const tasks = await Promise.all(Array.from({ length: 12 }, (_, at) => broker.claim(`stage-${at % 3}`, Math.floor(at / 3))));
      const offsets = (await Promise.all(tasks.map(async (task, name) => {
        const mine: number[] = [];
        for (let turn = 0; turn < 20; turn++) {
          const outputs = Array.from({ length: 5 }, (_, at) => ({ topic: 'questions', partition: 0, key: `task ${name}`, value: String(turn * 5 + at) }));
          mine.push(...(await task.commit({ outputs, progress: progressOf(task.stage, task.partition, (turn + 1) * 5) })).offsets);
        }
        return mine;
      }))).flat();
      expect(new Set(offsets).size).toBe(1200);
      const records = await takeToEnd(broker.read('questions', 0, start, { until: Math.max(...offsets) + 1 }));
      expect(records).toHaveLength(1200);
      for (const name of tasks.keys()) expect(valuesOf(records.filter(({ key }) => key === `task ${name}`))).toEqual(Array.from({ length: 100 }, (_, at) => String(at)));
      expect((await broker.progress()).map(({ ledger }) => ledger.in)).toEqual(Array.from({ length: 12 }, () => 100));
    });
  });
}
