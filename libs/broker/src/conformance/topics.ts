import { describe, expect, it } from 'vitest';
import type { Trial } from '../conformance.ts';
import { recordsOf, sampleTopics, start, takeAll, takeToEnd, transactionOf, valuesOf } from './sample.ts';

const byName = <Named extends { readonly name: string }>(specs: readonly Named[]) => [...specs].sort((a, b) => (a.name < b.name ? -1 : 1));

export function topicSuite(trial: () => Trial): void {
  describe('topics', () => {
    it('lists the topics that were made', async () => {
      expect(byName(await trial().broker.topics())).toEqual(byName(sampleTopics));
    });

    it('makes what is missing and leaves the rest as it is', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      await task.commit(transactionOf('import', 0, recordsOf('questions', 1, 3)));
      const added = { name: 'faults', partitions: 2, retention: 'forever' } as const;
      await broker.ensureTopics([...sampleTopics, added]);
      expect(byName(await broker.topics())).toEqual(byName([...sampleTopics, added]));
      expect((await broker.ranges('questions'))[1]!.end).toBeGreaterThanOrEqual(3);
    });

    it('refuses another partition count, names both, and makes none of the others', async () => {
      const { broker } = trial();
      const asked = broker.ensureTopics([{ name: 'faults', partitions: 2, retention: 'forever' }, { name: 'questions', partitions: 6, retention: 'forever' }]);
      await expect(asked).rejects.toMatchObject({ code: 'DIR_SETTINGS_CHANGED', message: expect.stringMatching(/questions.*\b4\b.*\b6\b/) as string });
      expect(byName(await broker.topics())).toEqual(byName(sampleTopics));
    });

    it('gives an empty range for each partition of a new topic', async () => {
      expect(await trial().broker.ranges('questions')).toEqual([0, 1, 2, 3].map((partition) => ({ partition, start: 0, end: 0 })));
    });

    it('refuses to read or measure a topic or partition that does not exist', async () => {
      const { broker } = trial();
      await expect(broker.ranges('absent')).rejects.toThrow(/absent/);
      expect(() => broker.read('absent', 0, start)).toThrow(/absent/);
      expect(() => broker.read('questions', 4, start)).toThrow(/4.*questions|questions.*4/);
    });

    it('ends a range behind the last record, and the next record stands at or behind that end', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      const { offsets } = await task.commit(transactionOf('import', 0, recordsOf('questions', 2, 3)));
      const { end } = (await broker.ranges('questions'))[2]!;
      expect(end).toBeGreaterThan(offsets.at(-1)!);
      const next = await task.commit(transactionOf('import', 0, recordsOf('questions', 2, 1)));
      expect(next.offsets[0]).toBeGreaterThanOrEqual(end);
    });

    it('deletes below an offset in that partition only, moves the start and never uses an offset again', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      const { offsets } = await task.commit(transactionOf('import', 0, [...recordsOf('rollouts', 0, 5), ...recordsOf('rollouts', 1, 5)]));
      const undecided = async (): Promise<boolean> => !broker.exclusive && (await broker.ranges('rollouts')).some(({ partition, end }) => partition < 2 && end <= offsets[4]! + 1); // the marker of a transaction comes a moment after its commit
      while (await undecided()) await new Promise((resolve) => setTimeout(resolve, 5));
      const before = await broker.ranges('rollouts');
      await broker.deleteBelow('rollouts', 0, offsets[3]!);
      const after = await broker.ranges('rollouts');
      expect(after[0]).toEqual({ partition: 0, start: offsets[3], end: before[0]!.end });
      expect(after[1]).toEqual(before[1]);
      const until = before[0]!.end;
      expect(valuesOf(await takeToEnd(broker.read('rollouts', 0, start, { until })))).toEqual(['value 3', 'value 4']);
      expect(valuesOf(await takeToEnd(broker.read('rollouts', 0, { next: until, unsettled: [offsets[0]!, offsets[4]!] }, { until })))).toEqual(['value 4']);
      expect(await takeToEnd(broker.read('rollouts', 1, start, { until }))).toHaveLength(5);

      await broker.deleteBelow('rollouts', 0, until);
      expect((await broker.ranges('rollouts'))[0]).toEqual({ partition: 0, start: until, end: until });
      expect(await takeToEnd(broker.read('rollouts', 0, start, { until }))).toEqual([]);
      const next = await task.commit(transactionOf('import', 0, recordsOf('rollouts', 0, 1)));
      expect(next.offsets[0]).toBeGreaterThanOrEqual(until);
    });

    it('deletes by age: of records just written nothing that has to be an hour old, and everything below the offset that need not be old', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      const { offsets } = await task.commit(transactionOf('import', 0, recordsOf('rollouts', 0, 5)));
      const [before] = await broker.ranges('rollouts');
      await broker.deleteBelow('rollouts', 0, before!.end, 3_600_000);
      expect((await broker.ranges('rollouts'))[0]).toEqual(before);
      expect(await takeToEnd(broker.read('rollouts', 0, start, { until: before!.end }))).toHaveLength(5);
      await broker.deleteBelow('rollouts', 0, offsets[3]!, 0);
      expect((await broker.ranges('rollouts'))[0]).toEqual({ ...before, start: offsets[3] });
      await broker.deleteBelow('rollouts', 0, offsets[1]!, 0); // gone already
      expect(valuesOf(await takeToEnd(broker.read('rollouts', 0, start, { until: before!.end })))).toEqual(['value 3', 'value 4']);
    });

    it('deletes while a reader is at it: the reader goes on with what is left, and ends', async () => {
      const { broker } = trial();
      const task = await broker.claim('import', 0);
      const { offsets } = await task.commit(transactionOf('import', 0, recordsOf('rollouts', 0, 40)));
      const until = (await broker.ranges('rollouts'))[0]!.end;
      const [reader, other] = [broker.read('rollouts', 0, start, { until, prefetchMax: 4 }), broker.read('rollouts', 0, start, { until, prefetchMax: 4 })];
      const taken = [...await takeAll(reader, 4)];
      await takeAll(other, 4);
      await broker.deleteBelow('rollouts', 0, offsets[30]!, 0);
      taken.push(...await takeToEnd(reader));
      const values = valuesOf(taken);
      expect(values.slice(-10)).toEqual(Array.from({ length: 10 }, (_, at) => `value ${30 + at}`));
      expect(new Set(values).size).toBe(values.length);
      await broker.deleteBelow('rollouts', 0, until, 0);
      expect((await takeToEnd(other)).length).toBeLessThanOrEqual(36); // what it held, and nothing for ever
    });
  });
}
