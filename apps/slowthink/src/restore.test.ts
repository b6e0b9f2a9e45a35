import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker } from '@slowthink/broker';
import { topics } from '@slowthink/records';
import { flows } from '@slowthink/wiring';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foldTrees } from './fold-trees.ts';
import { stages } from './stages.ts';
import { checkDeathsUnderDeletion, questions, quietRun, search, snapshotsOf, type QuietRun } from './testing/deaths-under-deletion.ts';
import { contents, hashPolicy, putQuestions, startStream } from './testing/stream-in-memory.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-restore-'));
let quiet: QuietRun;
beforeAll(async () => { quiet = await quietRun(folder); });
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('snapshots and deletion', () => {
  it('come to the same trees and the same bytes, wherever a process dies while old events are deleted under it (law 2)', () => checkDeathsUnderDeletion(quiet, folder, 2));

  it('keep a restart short though one tree is slow: it reads no more than the setting says, and the tree comes to its end as if nothing had been', async () => {
    const slow = 'Question 3:';
    const snapshotRecords = 60;
    for (const [records, within] of [[snapshotRecords, true], [20_000, false]] as const) {
      let broker = new MemoryBroker();
      await putQuestions(broker, questions, 1);
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      const holding = hashPolicy();
      let held = 0;
      const policy: typeof holding = Object.create(holding, { sample: { value: async (request: Parameters<typeof holding.sample>[0], signal?: AbortSignal) => {
        if (request.messages.at(-1)!.content.includes(slow) && !request.id.includes('/rollout') && ++held > 2) await answered; // its third request to the policy hangs
        return holding.sample(request, signal);
      } } }) as typeof holding;
      const running = await startStream({ broker, policy, partsFolder: join(folder, `slow-${records}`), trees: 4, requests: 8, search, snapshotRecords: records, until: 'follow' });
      while ((await contents(broker, topics.trees)).length < questions.length - 1) await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 30)); // the last commits
      running.stop();
      await running.over.catch(() => {});
      answer();
      broker = await broker.reopen();
      const { restore, positions } = (await broker.progress()).find(({ stage }) => stage === 'expand')!;
      const { end } = (await broker.ranges('expansions'))[0]!;
      const toRead = end - restore['expansions']! + positions['rollouts']!.next - restore['rollouts']!;
      if (within) expect(toRead).toBeLessThan(snapshotRecords * 1.05 + 2 * 50 + 10); // looked at every 5 %; two batches of 50 on the way; a few records of a turn
      else expect(toRead).toBeGreaterThan(300);
      await (await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, `slow-${records}`), search, snapshotRecords: records })).over;
      expect(await contents(broker, topics.trees)).toEqual(quiet.trees);
    }
  });
});

describe('trees folded again from the log', () => {
  const folded = async (broker: MemoryBroker): Promise<readonly string[]> => {
    const all: string[] = [];
    for (const partition of [0, 1]) for await (const { tree } of foldTrees(broker, partition)) all.push(JSON.stringify(tree));
    return all.sort();
  };

  it('are the same with snapshots in the log', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    await (await startStream({ broker, policy: hashPolicy(), partsFolder: folder, search, snapshotRecords: 5 })).over;
    expect((await snapshotsOf(broker)).length).toBeGreaterThan(20);
    expect(await contents(broker, topics.trees)).toEqual(quiet.trees);
    expect(await folded(broker)).toEqual(quiet.trees);
    expect((await contents(broker, topics.rollouts)).length).toBe((await contents(quiet.broker, topics.rollouts)).length); // rollout simulates nothing twice for a snapshot
  });

  it('are refused, and not made fewer, once events were deleted, also under the fold', async () => {
    const { broker, trees } = quiet;
    const fold = foldTrees(broker, 0)[Symbol.asyncIterator]();
    expect((await fold.next()).done).toBe(false);
    await broker.deleteBelow('rollouts', 0, 3);
    const rest = async (): Promise<void> => { while (!(await fold.next()).done); };
    await expect(rest()).rejects.toMatchObject({ code: 'EVENTS_DELETED', message: expect.stringContaining('The first 3 events of rollouts/0 were deleted') as string });
    await expect(folded(broker)).rejects.toMatchObject({ code: 'EVENTS_DELETED' });
    expect(await contents(broker, topics.trees)).toEqual(trees); // of these a rebuild can always be made
  });
});

it('events are kept for every stage that reads them or folds them again', () => {
  for (const flow of Object.values(flows)) for (const { name, reads, restores = [] } of flow.stages as readonly { name: string; reads: readonly unknown[]; restores?: readonly unknown[] }[]) {
    const stage = stages.find((one) => one.name === name)!;
    expect({ name, reads, restores }).toEqual({ name, reads: stage.reads, restores: stage.restores });
  }
});
