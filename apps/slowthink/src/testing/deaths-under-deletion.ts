// A stream that dies again and again while whatever may be deleted is deleted under it: for the tests of restore and retention.
import { join } from 'node:path';
import { MemoryBroker, type MemoryBrokerOptions } from '@slowthink/broker';
import { topics, type PartRecord, type SearchSettings, type SnapshotEvent } from '@slowthink/records';
import { checkLedgers, keepRetention } from '@slowthink/runtime';
import { resolveSearch } from '@slowthink/search';
import { silent } from '@slowthink/stream';
import { seal, type SealReport } from '@slowthink/tables';
import { checkComplete, flows } from '@slowthink/wiring';
import fc from 'fast-check';
import { expect } from 'vitest';
import { contents, hashPolicy, putQuestions, question, startStream } from './stream-in-memory.ts';

export const questions = Array.from({ length: 8 }, (_, index) => question(index));
/** Everything the search has: Reflect, waves, adaptive simulation. */
export const search: SearchSettings = resolveSearch('meds3-v4', 'small', { wave: 3, simulating: 'adaptive', nodesMax: 12, simulationBase: 6, simulationMin: 2 });

export const snapshotsOf = async (broker: MemoryBroker): Promise<readonly SnapshotEvent[]> => (await contents(broker, topics.expansions)).map((text) => JSON.parse(text) as SnapshotEvent).filter(({ type }) => type === 'snapshot');

export interface QuietRun {
  readonly broker: MemoryBroker;
  readonly trees: readonly string[];
  readonly files: SealReport['files'];
}

/** A run that nothing disturbs, without a snapshot and without a deletion. */
export async function quietRun(folder: string): Promise<QuietRun> {
  const broker = new MemoryBroker();
  await putQuestions(broker, questions, 2);
  await (await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, 'quiet'), search })).over;
  expect(await snapshotsOf(broker)).toEqual([]);
  return { broker, trees: await contents(broker, topics.trees), files: await sealed(broker, join(folder, 'quiet'), join(folder, 'quiet-data')) };
}

async function sealed(broker: MemoryBroker, parts: string, out: string): Promise<SealReport['files']> {
  const listed = (await contents(broker, topics.parts)).map((text) => JSON.parse(text) as PartRecord);
  return (await seal({ folder: parts, parts: listed, out, format: 'parquet', allowBenchmark: false, name: 'stream', settings: {} })).files;
}

/** Dies at each of some commits (counted over all stages of a life), written or not, and runs on until the end: the same trees and the same sealed bytes as the quiet run. */
export async function checkDeathsUnderDeletion(quiet: QuietRun, folder: string, numRuns: number): Promise<void> {
  let [snapshots, turn] = [0, 0];
  const deaths = fc.array(fc.record({ after: fc.nat({ max: 60 }), written: fc.boolean() }), { minLength: 1, maxLength: 4 });
  await fc.assert(fc.asyncProperty(deaths, fc.boolean(), fc.constantFrom(5, 40), async (dying, holes, snapshotRecords) => {
    const parts = join(folder, `parts-${++turn}`);
    let broker = new MemoryBroker({ holes });
    await putQuestions(broker, questions, 2);
    const life = async (hooks: MemoryBrokerOptions) => {
      broker = await broker.reopen({ beforeCommit: () => {}, afterCommit: () => {}, ...hooks });
      const keeper = keepRetention({ broker, stages: flows.run.stages, topics: flows.run.topics, retentionMs: 0, everyMs: 2, observer: silent });
      const running = await startStream({ broker, policy: hashPolicy(), partsFolder: parts, trees: 5, requests: 4, search, snapshotRecords });
      try { return await running.over; } finally { await keeper.stop(); snapshots += (await snapshotsOf(broker)).length; }
    };
    for (const { after, written } of dying) {
      let commits = 0;
      const die = (): void => { if (++commits > after) throw new Error('power cut'); };
      await life(written ? { afterCommit: die } : { beforeCommit: die }).catch((error: unknown) => expect(String(error)).toContain('power cut'));
    }
    checkLedgers(await life({}));
    await checkComplete(broker);
    for (const topic of ['expansions', 'rollouts', 'trajectories', 'completions']) expect(Math.max(...(await broker.ranges(topic)).map(({ start }) => start))).toBeGreaterThan(0);
    expect(await contents(broker, topics.trees)).toEqual(quiet.trees);
    expect(await sealed(broker, parts, join(folder, `data-${turn}`))).toEqual(quiet.files);
  }), { numRuns });
  expect(snapshots).toBeGreaterThan(2 * numRuns);
}
