import { getEventListeners } from 'node:events';
import { MemoryBroker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { Positions, emptyLedger, silent, type Delivery } from '@slowthink/stream';
import { describe, expect, it } from 'vitest';
import { CommitQueue, type CommitSettings } from './commit-queue.ts';

async function queueOn(broker: MemoryBroker, positions: Positions, fail: (error: unknown) => void = () => {}, settings: Partial<CommitSettings> = {}) {
  await broker.ensureTopics([{ name: 'trees', partitions: 1, retention: 'forever' }]);
  const task = await broker.claim('label', 0);
  return new CommitQueue({ task, positions: new Map([['trees', positions]]), state: { ledger: emptyLedger, notes: {} }, settings: { records: 2, ms: 5, pendingMax: 3, giveUpMs: 0, ...settings }, observer: silent, restorePoint: () => ({}), fail, committed: () => {} });
}
const delivery = (positions: Positions, offset: number): Delivery => { positions.deliver(offset); return { topic: 'trees', partition: 0, offset, key: 'q', value: { type: 'end', v: 1, batch: 'b', count: 0 } }; };

describe('CommitQueue', () => {
  it('commits in order, one transaction at a time, and reports each output its offset', async () => {
    let inFlight = 0;
    let inFlightMax = 0;
    const broker = new MemoryBroker({ beforeCommit: async () => { inFlightMax = Math.max(inFlightMax, ++inFlight); await new Promise((resolve) => setTimeout(resolve, 3)); inFlight--; } });
    const positions = new Positions();
    const queue = await queueOn(broker, positions);
    const settled: number[] = [];
    for (let offset = 0; offset < 10; offset++) queue.add({ outputs: [], settled: [{ delivery: delivery(positions, offset), verdict: 'ok' }], committed: () => settled.push(offset) });
    await queue.flush();
    expect(settled).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(inFlightMax).toBe(1);
    const [record] = await broker.progress();
    expect(record).toMatchObject({ ledger: { in: 10, ok: 10 }, positions: { trees: { next: 10, unsettled: [] } } });
  });

  it('waits behind a commit until the next one is full or old enough: quick commits are no reason for small ones', async () => {
    const gate = Promise.withResolvers<void>();
    const widths: number[] = [];
    const broker = new MemoryBroker({ beforeCommit: async () => { if (widths.length === 0) await gate.promise; } });
    const positions = new Positions();
    const queue = await queueOn(broker, positions, () => {}, { records: 3, ms: 60_000, pendingMax: 6 });
    let open = 0;
    const add = (offset: number): void => queue.add({ outputs: [], settled: [{ delivery: delivery(positions, offset), verdict: 'ok' }], committed: () => { if (open++ === 0) queueMicrotask(() => { widths.push(open); open = 0; }); } });
    for (const offset of [0, 1, 2, 3]) add(offset);
    gate.resolve();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(widths).toEqual([3]);
    add(4);
    add(5);
    await queue.flush();
    expect(widths).toEqual([3, 3]);
    add(6);
    await queue.flush(); // at once: a drain waits for nobody
    expect(widths).toEqual([3, 3, 1]);
  });

  it('lets nobody in while too many records wait, and leaves no listener behind', async () => {
    const positions = new Positions();
    const gate = Promise.withResolvers<void>();
    const queue = await queueOn(new MemoryBroker({ beforeCommit: () => gate.promise }), positions);
    for (let offset = 0; offset < 5; offset++) queue.add({ outputs: [], settled: [{ delivery: delivery(positions, offset), verdict: 'ok' }] });
    const { signal } = new AbortController();
    let entered = 0;
    const waiting = Array.from({ length: 20 }, () => queue.room(signal).then(() => { entered++; }));
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(entered).toBe(0);
    gate.resolve();
    await Promise.all(waiting);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('hands a failed commit to whoever owns the partition, and commits nothing after it', async () => {
    const positions = new Positions();
    const failures: unknown[] = [];
    const fenced = new FaultError('TASK_FENCED', 'somebody else has it');
    const queue = await queueOn(new MemoryBroker({ beforeCommit: () => { throw fenced; } }), positions, (error) => failures.push(error));
    queue.add({ outputs: [], settled: [{ delivery: delivery(positions, 0), verdict: 'ok' }] });
    await expect(queue.flush()).rejects.toBe(fenced);
    expect(failures).toEqual([fenced]);
  });
});
