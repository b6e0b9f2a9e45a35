import { MemoryBroker, type Assignment, type Broker } from '@slowthink/broker';
import { encodeRecord, topics, type EndRecord } from '@slowthink/records';
import { Credits, defineStage, settleEach, silent, type Delivery } from '@slowthink/stream';
import { map, of, timer } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { PartitionRun } from './partition-run.ts';
import { bindStage, checkLedgers, runStages, type RunOptions } from './run-stages.ts';

const progress = (stage: string) => ({ type: 'progress', v: 1, stage, partition: 0, positions: {}, restore: {}, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {} }) as const;
const closed = (index: number) => encodeRecord({ type: 'closed', v: 1, questionId: `q${index}`, treeId: `t${index}`, status: 'closed', stop: 'nodes' });
const end: EndRecord = { type: 'end', v: 1, batch: 'b', count: 0 };

/** A stage that answers each event of `expansions` after `ms`, under one credit each, and forwards ends to `rollouts`. */
const echo = (ms: number) => defineStage<object>({
  name: 'echo', reads: [topics.expansions], writes: [topics.rollouts, topics.faults], endsTo: [topics.rollouts], gates: { expansions: 'work' }, arrows: {},
  operator: (_deps, { credits }) => (delivery$) => delivery$.pipe(settleEach('echo', (delivery: Delivery) => (ms === 0 ? of(0) : timer(ms)).pipe(map(() => ({ outputs: [], settled: [{ delivery, verdict: 'ok' }] } as const))), () => credits['work']!.give())),
});

async function brokerWith(records: number, partitions: number, ends = true): Promise<MemoryBroker> {
  const broker = new MemoryBroker();
  await broker.ensureTopics(['expansions', 'rollouts', 'faults'].map((name) => ({ name, partitions, retention: 'forever' as const })));
  const task = await broker.claim('writer', 0);
  const outputs = Array.from({ length: records }, (_, index) => ({ topic: 'expansions', partition: index % partitions, key: `q${index}`, value: closed(index) }));
  const last = ends ? Array.from({ length: partitions }, (_, partition) => ({ topic: 'expansions', partition, key: 'end', value: encodeRecord(end) })) : [];
  await task.commit({ outputs: [...outputs, ...last], progress: progress('writer') });
  return broker;
}

const commit = { records: 10, ms: 1, pendingMax: 20, giveUpMs: 0 };
const options = (broker: Broker, more: Partial<RunOptions> = {}): RunOptions => ({ broker, observer: silent, commit, admit: () => Promise.resolve(), until: 'end', drainMs: 1000, ...more });
const setup = (ms: number, work = new Credits(4)) => bindStage({ stage: echo(ms), deps: {}, credits: { work }, calls: [] });

describe('runStages', () => {
  it('settles every record once, forwards each end behind its records, and ends by itself', async () => {
    const broker = await brokerWith(100, 3);
    const work = new Credits(4);
    const reports = await (await runStages([setup(0, work)], options(broker))).over;
    checkLedgers(reports);
    expect(reports).toEqual([{ name: 'echo', ledger: { in: 100, ok: 100, failed: 0, dropped: 0, open: 0 } }]);
    expect(work.held).toBe(0);
    expect((await broker.ranges('rollouts')).map(({ end: count }) => count)).toEqual([1, 1, 1]);
  });

  it('ends though another program wrote behind the last end, also where it did so before the start', async () => {
    const broker = await brokerWith(6, 2);
    const garbage = async () => { await (await broker.claim('stranger', 0)).commit({ outputs: [0, 1, 1].map((partition) => ({ topic: 'expansions', partition, key: 'x', value: 'not ours' })), progress: progress('stranger') }); };
    await garbage();
    const [first] = await (await runStages([setup(0)], options(broker))).over;
    expect(first!.ledger).toMatchObject({ in: 9, ok: 6, failed: 3 });
    await garbage();
    const [second] = await (await runStages([setup(0)], options(broker))).over;
    expect(second!.ledger).toMatchObject({ in: 12, ok: 6, failed: 6 });
    expect(await broker.progress()).toContainEqual(expect.objectContaining({ stage: 'echo', partition: 1, notes: expect.objectContaining({ ends: { expansions: 8 } }) as object }));
  });

  it('counts the whole run after a restart: what was settled before stays in the ledger', async () => {
    const broker = await brokerWith(40, 2);
    const first = await runStages([setup(5)], options(broker));
    await new Promise((resolve) => setTimeout(resolve, 40));
    first.stop();
    await first.over;
    const reports = await (await runStages([setup(0)], options(await broker.reopen()))).over;
    expect(reports[0]!.ledger).toMatchObject({ in: 40, ok: 40 });
  });

  it('drains: nothing new is taken in, what is in flight is committed', async () => {
    const broker = await brokerWith(1000, 1, false);
    const running = await runStages([setup(30)], options(broker, { until: 'follow' }));
    await new Promise((resolve) => setTimeout(resolve, 50));
    running.drain();
    const reports = await running.over;
    const { in: taken, ok } = reports[0]!.ledger;
    expect(taken).toBe(ok);
    expect(taken).toBeLessThan(20);
    const [echoed] = (await broker.progress()).filter(({ stage }) => stage === 'echo');
    expect(echoed!.positions['expansions']).toEqual({ next: taken, unsettled: [] });
  });

  it('says how far a stage is: running when all partitions it owns run, then draining, then stopped', async () => {
    const broker = await brokerWith(8, 2, false);
    const claimed = Promise.withResolvers<void>();
    const slow = Object.create(broker, { join: { value: (stage: string, names: readonly string[]) => broker.join(stage, names) }, claim: { value: async (stage: string, partition: number) => { if (partition === 1) await claimed.promise; return broker.claim(stage, partition); } } }) as Broker;
    const held = new Credits(1);
    const running = await runStages([setup(50, held)], options(bound(slow, broker), { until: 'follow' }));
    const until = async (lifecycle: string): Promise<void> => { while (running.states()[0]!.lifecycle !== lifecycle) await new Promise((resolve) => setTimeout(resolve, 1)); };
    while (running.states()[0]!.running < 1) await new Promise((resolve) => setTimeout(resolve, 1));
    expect(running.states()).toEqual([{ name: 'echo', lifecycle: 'starting', partitions: 2, running: 1, treesOpen: 0 }]);
    claimed.resolve();
    await until('running');
    expect(running.states()).toEqual([{ name: 'echo', lifecycle: 'running', partitions: 2, running: 2, treesOpen: 0 }]);
    while (held.held === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    running.drain();
    expect(running.states()[0]).toMatchObject({ lifecycle: 'draining' });
    await running.over;
    expect(running.states()[0]).toMatchObject({ lifecycle: 'stopped', running: 0 });
  });

  it('opens no partition that is assigned after the drain: nobody would wait for it', async () => {
    const broker = await brokerWith(100, 2);
    const running = await runStages([setup(0)], options(broker));
    running.drain(); // before the first assignment was seen
    await running.over;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect((await broker.progress()).filter(({ stage }) => stage === 'echo')).toEqual([]);
    expect(running.ledgers()[0]!.ledger.in).toBe(0);
  });

  it('is finished with a stage that owns no partition', async () => {
    const broker = await brokerWith(5, 1);
    const none = Object.create(broker, { join: { value: async () => ({ assignments: (async function* (): AsyncGenerator<Assignment> { yield { gained: [], lost: [] }; })(), leave: async () => {} }) } }) as Broker;
    const reports = await (await runStages([setup(0)], options(bound(none, broker)))).over;
    expect(reports[0]!.ledger.in).toBe(0);
  });

  it('goes on with a partition that was lost and came back, and loses and doubles nothing', async () => {
    const broker = await brokerWith(60, 1);
    const member = Object.create(broker, { join: { value: async () => ({ assignments: changes(), leave: async () => {} }) } }) as Broker;
    const work = new Credits(4);
    const reports = await (await runStages([setup(3, work)], options(bound(member, broker)))).over;
    expect(reports[0]!.ledger).toMatchObject({ in: 60, ok: 60 });
    expect(work.held).toBe(0);
    async function* changes(): AsyncGenerator<Assignment> {
      yield { gained: [0], lost: [] };
      await new Promise((resolve) => setTimeout(resolve, 15));
      yield { gained: [0], lost: [0] };
    }
  });
});

/** Methods of `broker` with the overrides of `over`: MemoryBroker keeps its state in private fields. */
function bound(over: Broker, broker: MemoryBroker): Broker {
  return { kind: broker.kind, exclusive: broker.exclusive, join: over.join, claim: over.claim === MemoryBroker.prototype.claim ? (stage, partition) => broker.claim(stage, partition) : over.claim, ensureTopics: (specs) => broker.ensureTopics(specs), topics: () => broker.topics(), read: (topic, partition, from, more) => broker.read(topic, partition, from, more), ranges: (topic) => broker.ranges(topic), progress: () => broker.progress(), deleteBelow: (topic, partition, offset) => broker.deleteBelow(topic, partition, offset), close: () => broker.close() };
}

describe('PartitionRun', () => {
  const run = (broker: Broker, work: Credits) => new PartitionRun({ stage: echo(5), deps: {}, broker, partition: 0, credits: { work }, observer: silent, commit, admit: () => Promise.resolve() });

  it('stays stopped when it is stopped while it starts', async () => {
    const work = new Credits(4);
    const one = run(await brokerWith(20, 1), work);
    const started = one.start();
    one.stop();
    await started;
    await one.over;
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(one.lifecycle).toBe('stopped');
    expect(one.ledger.in).toBe(0);
    expect(work.held).toBe(0);
  });

  it('drains when it is asked to while it starts', async () => {
    const one = run(await brokerWith(20, 1, false), new Credits(4));
    const started = one.start();
    one.drain();
    await started;
    await one.over;
    expect(one.lifecycle).toBe('stopped');
  });

  it('is fenced, and ends no run, where another worker claims the partition and commits while it starts', async () => {
    const broker = await brokerWith(1, 1);
    const slow = { ...bound(broker, broker), ranges: async (topic: string) => {
      const other = await broker.claim('echo', 0);
      await other.commit({ outputs: [{ topic: 'rollouts', partition: 0, key: 'q', value: encodeRecord(end) }], progress: progress('echo') });
      return broker.ranges(topic);
    } };
    const one = run(slow, new Credits(1));
    await one.start();
    await expect(one.over).rejects.toMatchObject({ code: 'TASK_FENCED' });
  });

  it('refuses to start afresh where outputs of its stage exist without progress', async () => {
    const broker = await brokerWith(1, 1);
    const task = await broker.claim('stranger', 0);
    await task.commit({ outputs: [{ topic: 'rollouts', partition: 0, key: 'q', value: encodeRecord(end) }], progress: progress('stranger') });
    const one = run(broker, new Credits(1));
    await one.start();
    await expect(one.over).rejects.toMatchObject({ code: 'PROGRESS_MISSING', message: 'Stage echo has no progress for partition 0, but topic rollouts holds records of it there (offsets 0 to 1).' });
  });
});
