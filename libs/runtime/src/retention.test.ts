import { MemoryBroker } from '@slowthink/broker';
import { topics, type ProgressRecord, type Topic } from '@slowthink/records';
import { silent, type Signal } from '@slowthink/stream';
import { describe, expect, it } from 'vitest';
import { applyRetention, keepRetention, type RetentionOptions } from './retention.ts';

const { questions, expansions, rollouts, completions, trees, trajectories } = topics;
const kept: readonly Topic[] = [questions, expansions, rollouts, completions, trees, trajectories];
const stages = [{ name: 'expand', reads: [questions, rollouts], restores: [expansions, rollouts] }, { name: 'rollout', reads: [expansions] }, { name: 'label', reads: [trees] }, { name: 'shard', reads: [trajectories] }];
const hour = 3_600_000;

const progressOf = (stage: string, positions: ProgressRecord['positions'], restore: ProgressRecord['restore'] = {}): ProgressRecord =>
  ({ type: 'progress', v: 1, stage, partition: 0, positions, restore, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {} });
const at = (next: number, ...unsettled: number[]) => ({ next, unsettled });

/** Twenty records in each topic, ten of them two hours old, ten of now, and the progress given. */
async function brokerWith(...records: readonly ProgressRecord[]): Promise<RetentionOptions & { readonly broker: MemoryBroker }> {
  let now = 10 * hour;
  const broker = new MemoryBroker({ now: () => now });
  await broker.ensureTopics(kept.map(({ name, retention }) => ({ name, retention, partitions: 1 })));
  const writer = await broker.claim('writer', 0);
  for (let half = 0; half < 2; half++, now += 2 * hour) await writer.commit({ outputs: kept.flatMap(({ name }) => Array.from({ length: 10 }, () => ({ topic: name, partition: 0, key: 'k', value: 'v' }))), progress: progressOf('writer', {}) });
  now -= 2 * hour;
  for (const record of records) await (await broker.claim(record.stage, 0)).commit({ outputs: [], progress: record });
  return { broker, stages, topics: kept, retentionMs: hour };
}
const startsOf = async (broker: MemoryBroker) => Object.fromEntries(await Promise.all(kept.map(async ({ name }) => [name, (await broker.ranges(name))[0]!.start] as const)));
const kind = { questions: 0, trees: 0 };

describe('applyRetention', () => {
  it('deletes what is old and lies below the place every stage has left behind; questions and trees stay', async () => {
    const options = await brokerWith(
      progressOf('expand', { questions: at(20), rollouts: at(20) }, { expansions: 8, rollouts: 6 }), progressOf('rollout', { expansions: at(20) }), progressOf('label', { trees: at(20) }), progressOf('shard', { trajectories: at(9, 7) }),
    );
    await applyRetention(options);
    expect(await startsOf(options.broker)).toEqual({ ...kind, expansions: 8, rollouts: 6, completions: 10, trajectories: 7 });
    await applyRetention({ ...options, retentionMs: 3 * hour }); // nothing is that old
    await applyRetention({ ...options, retentionMs: 0 });
    expect(await startsOf(options.broker)).toEqual({ ...kind, expansions: 8, rollouts: 6, completions: 20, trajectories: 7 });
  });

  it('keeps what is young, however far the stages are', async () => {
    const options = await brokerWith(progressOf('expand', { rollouts: at(20) }, { expansions: 20, rollouts: 20 }), progressOf('rollout', { expansions: at(20) }), progressOf('shard', { trajectories: at(20) }));
    await applyRetention(options);
    expect(await startsOf(options.broker)).toEqual({ ...kind, expansions: 10, rollouts: 10, completions: 10, trajectories: 10 });
  });

  it.each([
    ['rollout has not settled', [progressOf('expand', { rollouts: at(20) }, { expansions: 20, rollouts: 20 }), progressOf('rollout', { expansions: at(9, 3) })], { expansions: 3, rollouts: 10 }],
    ['rollout has not seen, since it never ran', [progressOf('expand', { rollouts: at(20) }, { expansions: 20, rollouts: 20 })], { expansions: 0, rollouts: 10 }],
    ['expand has not settled, though it would not fold it again', [progressOf('expand', { rollouts: at(9, 4) }, { expansions: 20, rollouts: 20 }), progressOf('rollout', { expansions: at(20) })], { expansions: 10, rollouts: 4 }],
    ['expand would fold again, though it has settled it', [progressOf('expand', { rollouts: at(20) }, { expansions: 5, rollouts: 2 }), progressOf('rollout', { expansions: at(20) })], { expansions: 5, rollouts: 2 }],
    ['expand has no progress for', [progressOf('rollout', { expansions: at(20) })], { expansions: 0, rollouts: 0 }],
  ] as const)('keeps what %s', async (_what, records, starts) => {
    const options = await brokerWith(...records);
    await applyRetention(options);
    expect(await startsOf(options.broker)).toMatchObject({ ...starts, trajectories: 0 }); // shard never ran
  });
});

describe('keepRetention', () => {
  const folded = () => brokerWith(progressOf('expand', { rollouts: at(20) }, { expansions: 20, rollouts: 20 }), progressOf('rollout', { expansions: at(20) }));

  it('deletes at once, and after each interval what stages have left behind since', async () => {
    const options = await folded();
    const until = async (topic: string): Promise<void> => { while ((await startsOf(options.broker))[topic] !== 10) await new Promise((resolve) => setTimeout(resolve, 1)); };
    const keeper = keepRetention({ ...options, everyMs: 2, observer: silent });
    await until('expansions');
    await (await options.broker.claim('shard', 0)).commit({ outputs: [], progress: progressOf('shard', { trajectories: at(20) }) });
    await until('trajectories');
    await keeper.stop();
  });

  it('says a deletion that fails once, goes on trying, and stops without an error', async () => {
    const options = await folded();
    const said: Signal[] = [];
    let tries = 0;
    const failing = Object.assign(Object.create(null) as object, { progress: () => options.broker.progress(), ranges: (topic: string) => options.broker.ranges(topic), deleteBelow: async () => { tries++; throw new Error('no route to the broker'); } });
    const keeper = keepRetention({ ...options, broker: failing as unknown as MemoryBroker, everyMs: 1, observer: (signal) => said.push(signal) });
    while (tries < 3) await new Promise((resolve) => setTimeout(resolve, 1));
    await keeper.stop();
    const after = tries;
    await new Promise((resolve) => setTimeout(resolve, 10));
    expect(tries).toBe(after);
    expect(said).toEqual([{ kind: 'note', level: 'warn', message: expect.stringContaining('no route to the broker') as string }]);
  });
});
