import { describe, expect, it } from 'vitest';
import { brokerConformance } from './conformance.ts';
import { progressOf, recordsOf, sampleTopics, start, takeToEnd, transactionOf, valuesOf } from './conformance/sample.ts';
import { MemoryBroker, type MemoryBrokerOptions } from './memory-broker.ts';

for (const holes of [false, true]) {
  brokerConformance(holes ? 'memory with offset holes' : 'memory', async () => {
    const broker = new MemoryBroker({ holes });
    return { broker, reopen: () => broker.reopen(), close: () => broker.close() };
  });
}

describe('MemoryBroker', () => {
  async function opened(options: MemoryBrokerOptions) {
    const broker = new MemoryBroker(options);
    await broker.ensureTopics(sampleTopics);
    return { broker, task: await broker.claim('expand', 0) };
  }

  it('leaves one offset out behind each transaction and touched partition when asked for holes', async () => {
    const { broker, task } = await opened({ holes: true });
    const first = await task.commit(transactionOf('expand', 0, [...recordsOf('questions', 0, 2), ...recordsOf('questions', 1, 1)]));
    const second = await task.commit(transactionOf('expand', 0, recordsOf('questions', 0, 2)));
    expect([first.offsets, second.offsets]).toEqual([[0, 1, 0], [3, 4]]);
    expect(await broker.ranges('questions')).toEqual([{ partition: 0, start: 0, end: 6 }, { partition: 1, start: 0, end: 2 }, { partition: 2, start: 0, end: 0 }, { partition: 3, start: 0, end: 0 }]);
  });

  it('writes nothing when beforeCommit throws, and the same transaction again once it does not', async () => {
    let failures = 1;
    const { broker, task } = await opened({ beforeCommit: () => { if (failures-- > 0) throw new Error('no room'); } });
    const transaction = transactionOf('expand', 0, recordsOf('questions', 0, 2));
    await expect(task.commit(transaction)).rejects.toThrow('no room');
    expect(await broker.progress()).toEqual([]);
    expect((await broker.ranges('questions'))[0]!.end).toBe(0);
    expect(await task.commit(transaction)).toEqual({ offsets: [0, 1] });
  });

  it('has written everything when afterCommit throws: the answer is lost, not the records', async () => {
    const { broker, task } = await opened({ afterCommit: () => { throw new Error('the connection broke'); } });
    await expect(task.commit(transactionOf('expand', 0, recordsOf('questions', 0, 2)))).rejects.toThrow('the connection broke');
    expect(await broker.progress()).toEqual([progressOf('expand', 0, 2)]);
    expect(await takeToEnd(broker.read('questions', 0, start, { until: 2 }))).toHaveLength(2);
  });

  it('fences a task that is claimed again while its commit waits', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { broker, task } = await opened({ beforeCommit: () => gate });
    const late = task.commit(transactionOf('expand', 0, recordsOf('questions', 0, 2)));
    const newer = await broker.claim('expand', 0);
    open();
    await expect(late).rejects.toMatchObject({ code: 'TASK_FENCED' });
    expect(newer.progress).toBeUndefined();
    expect((await broker.ranges('questions'))[0]!.end).toBe(0);
  });

  it('writes the commits of one task in the order they were asked for, however long each waits', async () => {
    const waits = [20, 0, 5];
    const { broker, task } = await opened({ beforeCommit: () => new Promise((resolve) => { setTimeout(resolve, waits.shift()); }) });
    await Promise.all([0, 1, 2].map((at) => task.commit(transactionOf('expand', 0, recordsOf('questions', 0, 1, at), at + 1))));
    expect(valuesOf(await takeToEnd(broker.read('questions', 0, start, { until: 3 })))).toEqual(['value 0', 'value 1', 'value 2']);
    expect((await broker.progress())[0]!.ledger.in).toBe(3);
  });

  it('loses a commit that waits when the broker is opened again', async () => {
    const { promise: gate, resolve: open } = Promise.withResolvers<void>();
    const { broker, task } = await opened({ beforeCommit: () => gate });
    const late = task.commit(transactionOf('expand', 0, recordsOf('questions', 0, 2)));
    const again = await broker.reopen({ beforeCommit: () => {} });
    open();
    await expect(late).rejects.toThrow('closed');
    expect((await again.claim('expand', 0)).progress).toBeUndefined();
    expect((await again.ranges('questions'))[0]!.end).toBe(0);
  });

  it('shares no object with whoever commits or claims', async () => {
    const { broker, task } = await opened({});
    const notes: { [key: string]: unknown } = { trees: 1 };
    await task.commit({ outputs: [], progress: progressOf('expand', 0, 1, notes) });
    notes['trees'] = 2;
    expect((await broker.claim('expand', 0)).progress!.notes).toEqual({ trees: 1 });
  });

  it('deletes by age what was written long enough ago, up to the first record that was not', async () => {
    let now = 1_000_000;
    const { broker, task } = await opened({ now: () => now });
    for (let at = 0; at < 4; at++) { await task.commit(transactionOf('expand', 0, recordsOf('rollouts', 0, 2, 2 * at))); now += 60_000; }
    await broker.deleteBelow('rollouts', 0, 100, 150_000); // of 240, 180, 120 and 60 s
    expect((await broker.ranges('rollouts'))[0]).toEqual({ partition: 0, start: 4, end: 8 });
    await broker.deleteBelow('rollouts', 0, 5, 60_000);
    expect((await broker.ranges('rollouts'))[0]!.start).toBe(5);
    expect(valuesOf(await takeToEnd(broker.read('rollouts', 0, start, { until: 8 })))).toEqual(['value 5', 'value 6', 'value 7']);
  });
});
