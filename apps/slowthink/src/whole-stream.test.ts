import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MemoryBroker, type MemoryBrokerOptions } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { resolveLabels } from '@slowthink/labels';
import { topics, type FaultRecord, type PartRecord, type SearchSettings, type TreeRecord } from '@slowthink/records';
import { checkLedgers, type StageReport } from '@slowthink/runtime';
import { resolveSearch } from '@slowthink/search';
import { seal, type SealReport } from '@slowthink/tables';
import { checkComplete } from '@slowthink/wiring';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contents, hashPolicy, putQuestions, question, smallSearch, startStream } from './testing/stream-in-memory.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-stream-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const questions = Array.from({ length: 12 }, (_, index) => question(index));
const ledgerOf = (reports: readonly StageReport[], stage: string) => reports.find(({ name }) => name === stage)!.ledger;
const treesOf = async (broker: MemoryBroker): Promise<TreeRecord[]> => (await contents(broker, topics.trees)).map((text) => JSON.parse(text) as TreeRecord);

/** Everything the search has: Reflect, waves, adaptive simulation. */
const wholeSearch = resolveSearch('meds3-v4', 'small', { wave: 3, simulating: 'adaptive', nodesMax: 12, simulationBase: 6, simulationMin: 2 });

/** The trees of an undisturbed run. */
async function quietTrees(search: SearchSettings = smallSearch): Promise<readonly string[]> {
  const broker = new MemoryBroker();
  await putQuestions(broker, questions, 2);
  await (await startStream({ broker, policy: hashPolicy(), partsFolder: folder, search })).over;
  return contents(broker, topics.trees);
}

describe('the whole stream', () => {
  it.each([{ holes: false }, { holes: true }])('closes every tree, and every ledger adds up (law 1), with offset holes $holes', async ({ holes }) => {
    const broker = new MemoryBroker({ holes });
    await putQuestions(broker, questions, 4);
    const reports = await (await startStream({ broker, policy: hashPolicy(), partsFolder: folder })).over;
    checkLedgers(reports);
    await checkComplete(broker);
    expect(ledgerOf(reports, 'expand')).toEqual({ in: 12, ok: 12, failed: 0, dropped: 0, open: 0 });
    expect(ledgerOf(reports, 'label')).toMatchObject({ in: 12 });
    expect(await treesOf(broker)).toHaveLength(12);
    expect(await contents(broker, topics.parts)).not.toHaveLength(0);
  });

  it.each([['laptop', smallSearch], ['with Reflect, waves and adaptive simulation', wholeSearch]] as const)('gives the same trees whatever the concurrency and the number of partitions (law 4, law 6), %s', async (_name, search) => {
    const quiet = await quietTrees(search);
    if (search === wholeSearch) expect(quiet.flatMap((text) => (JSON.parse(text) as TreeRecord).nodes).filter(({ asked, outcome }) => asked === 'reflect' && outcome === 'ok').length).toBeGreaterThan(5);
    for (const [partitions, trees, requests] of [[1, 1, 1], [8, 64, 64], [3, 2, 5]] as const) {
      const broker = new MemoryBroker();
      await putQuestions(broker, [...questions].reverse(), partitions);
      await (await startStream({ broker, policy: hashPolicy(), partsFolder: join(folder, String(partitions)), trees, requests, search })).over;
      expect(await contents(broker, topics.trees)).toEqual(quiet);
    }
  });

  it('seals the same chains and pairs, byte for byte, whatever the concurrency and the number of partitions (law 3)', async () => {
    const labels = resolveLabels('meds3-v2', { recipe: 'dual-sided', pairs: ['level', 'siblings', 'leaf'], pairThreshold: 0.3, keepTop: 1 });
    const search = resolveSearch('meds3-v2', 'laptop', { nodesMax: 16, childrenMax: 3 });
    const sealed: SealReport[] = [];
    for (const [partitions, trees, requests] of [[1, 1, 1], [5, 16, 16]] as const) {
      const broker = new MemoryBroker();
      const parts = join(folder, `parts-${partitions}`);
      await putQuestions(broker, questions, partitions);
      await (await startStream({ broker, policy: hashPolicy(), partsFolder: parts, search, labels, trees, requests })).over;
      const listed = (await contents(broker, topics.parts)).map((text) => JSON.parse(text) as PartRecord);
      sealed.push(await seal({ folder: parts, parts: listed, out: join(folder, `dataset-${partitions}`), format: 'parquet', allowBenchmark: false, name: 'stream', settings: {} }));
    }
    const [one, five] = sealed as [SealReport, SealReport];
    expect(five.files).toEqual(one.files);
    for (const rows of Object.values(one.rows)) expect(rows).toBeGreaterThan(3); // of all four kinds
  });

  it('never deadlocks with one credit of each kind in the cycle of expand and rollout', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    const policy = hashPolicy();
    const reports = await (await startStream({ broker, policy, partsFolder: folder, trees: 1, requests: 1 })).over;
    expect(ledgerOf(reports, 'expand').ok).toBe(12);
    expect(policy.inFlightMax).toBeLessThanOrEqual(2); // one of expand, one of rollout
  });

  it('opens no more trees than credits while the model never answers, and a drain ends it with nothing lost', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, Array.from({ length: 400 }, (_, index) => question(index)), 4);
    const never = hashPolicy({ delayMs: 1e9 });
    const running = await startStream({ broker, policy: never, partsFolder: folder, trees: 20, requests: 8 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(running.ledgers().find(({ name }) => name === 'expand')!.ledger).toMatchObject({ in: 20, open: 20 });
    expect(never.inFlightMax).toBe(8);
    running.stop();
    await running.over;
    const again = await startStream({ broker: await broker.reopen(), policy: hashPolicy(), partsFolder: folder, trees: 500, requests: 500 });
    const reports = await again.over;
    expect(ledgerOf(reports, 'expand')).toMatchObject({ in: 400, ok: 400, open: 0 });
  });

  it('begins no call after a drain, and a restart goes on with the same trees', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    const policy = hashPolicy({ delayMs: 40 });
    const running = await startStream({ broker, policy, partsFolder: folder, trees: 12, requests: 2 });
    await new Promise((resolve) => setTimeout(resolve, 250));
    running.drain();
    const { calls } = policy;
    const reports = await running.over;
    expect(policy.calls).toBe(calls);
    const { open } = ledgerOf(reports, 'expand');
    expect(open).toBeGreaterThan(3);
    const again = await startStream({ broker: await broker.reopen(), policy: hashPolicy({ delayMs: 5 }), partsFolder: folder, trees: 3, requests: 3 });
    again.drain(); // while it restores
    expect(ledgerOf(await again.over, 'expand')).toMatchObject({ in: 12, open });
    const last = await broker.reopen();
    await (await startStream({ broker: last, policy: hashPolicy(), partsFolder: folder })).over;
    expect(await contents(last, topics.trees)).toEqual(await quietTrees());
  });

  it('keeps the restore point of open trees in the commits that follow the last answer of a drain', async () => {
    let broker = new MemoryBroker({ beforeCommit: () => new Promise((resolve) => setTimeout(resolve, 70)) });
    await putQuestions(broker, questions, 2);
    for (const ms of [300, 320, 340, 360]) {
      const running = await startStream({ broker, policy: hashPolicy({ delayMs: 30 }), partsFolder: folder, trees: 12, requests: 6 });
      await new Promise((resolve) => setTimeout(resolve, ms));
      running.drain(); // while a commit is under way answers come that wait for the next one, which begins when the operator is over already
      await running.over;
      broker = await broker.reopen();
    }
    const last = await broker.reopen({ beforeCommit: () => {} });
    const reports = await (await startStream({ broker: last, policy: hashPolicy(), partsFolder: folder })).over;
    expect(ledgerOf(reports, 'expand')).toEqual({ in: 12, ok: 12, failed: 0, dropped: 0, open: 0 });
    expect(await contents(last, topics.trees)).toEqual(await quietTrees());
  });

  it('closes or goes on with a tree whose rollouts fail, never leaks it, and writes each fault once (law 7)', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    const isRollout = (id: string) => id.endsWith('/rollout');
    const policy = hashPolicy({ fail: ({ id }, call) => (isRollout(id) && call % 3 === 0 ? new FaultError('MODEL_REFUSED', 'not this one') : undefined) });
    const reports = await (await startStream({ broker, policy, partsFolder: folder })).over;
    checkLedgers(reports);
    expect(ledgerOf(reports, 'expand')).toMatchObject({ in: 12, open: 0 });
    const failedNodes = (await treesOf(broker)).flatMap(({ nodes }) => nodes.filter(({ action, value, id }) => id !== '0' && action === 'reason' && value === null));
    const faults = (await contents(broker, topics.faults)).map((text) => JSON.parse(text) as FaultRecord);
    expect(faults.length).toBe(ledgerOf(reports, 'rollout').failed);
    expect(faults.length).toBeGreaterThan(5);
    expect(failedNodes.length).toBeGreaterThanOrEqual(faults.length);
    expect(faults[0]).toMatchObject({ code: 'MODEL_REFUSED', stage: 'rollout', place: expect.stringMatching(/^expansions\/\d\/\d+$/), original: { text: expect.stringContaining('"type":"expansion"') } });
  });

  it('closes a tree as failed when its root cannot be expanded, and goes on with the others', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    const policy = hashPolicy({ fail: ({ messages, prefix }) => (JSON.stringify(messages).includes('Question 3:') && prefix !== '' ? new FaultError('MODEL_CONTEXT_EXCEEDED', 'too long') : undefined) });
    const reports = await (await startStream({ broker, policy, partsFolder: folder })).over;
    expect(ledgerOf(reports, 'expand')).toEqual({ in: 12, ok: 11, failed: 1, dropped: 0, open: 0 });
    expect(await treesOf(broker)).toContainEqual(expect.objectContaining({ questionId: 'made/train/3', status: 'failed', stop: 'root-failed' }));
    expect(ledgerOf(reports, 'label')).toMatchObject({ in: 12 });
  });

  it('drops a question whose answers no grader judges before any request, with the reason', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, [question(0, { kind: 'open', answer: 'high' })], 1);
    const policy = hashPolicy();
    const reports = await (await startStream({ broker, policy, partsFolder: folder })).over;
    expect(ledgerOf(reports, 'expand')).toMatchObject({ in: 1, dropped: 1 });
    expect(policy.calls).toBe(0);
    expect((await contents(broker, topics.faults)).map((text) => (JSON.parse(text) as FaultRecord).code)).toEqual(['QUESTION_NO_GRADER']);
  });

  it('sends a record that is not valid to faults with its place and bytes, and the stream goes on', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 1);
    const task = await broker.claim('stranger', 0);
    await task.commit({ outputs: ['not json', '{"type":"tree","v":2}'].map((value) => ({ topic: 'trees', partition: 0, key: 'x', value })), progress: { type: 'progress', v: 1, stage: 'stranger', partition: 0, positions: {}, restore: {}, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {} } });
    await expect((await startStream({ broker, policy: hashPolicy(), partsFolder: folder })).over).rejects.toThrow('holds records of it there (offsets 0 to 2)'); // expand never wrote there
    const only = await startStream({ broker, policy: hashPolicy(), partsFolder: folder, only: ['label'], until: 'idle' });
    expect(ledgerOf(await only.over, 'label')).toMatchObject({ in: 2, failed: 2 });
    const faults = (await contents(broker, topics.faults)).map((text) => JSON.parse(text) as FaultRecord);
    expect(faults.map(({ code, place, original }) => [code, place, original!.text]).toSorted()).toEqual([['RECORD_INVALID', 'trees/0/0', 'not json'], ['RECORD_INVALID', 'trees/0/1', '{"type":"tree","v":2}']]);
  });
});

describe('a process that dies (law 2)', () => {
  /** Runs, dies at each of the given commits (counted over all stages of a life), and runs on until the end. */
  async function withDeaths(deaths: readonly { readonly after: number; readonly written: boolean }[], holes: boolean, policy = hashPolicy(), search = smallSearch): Promise<MemoryBroker> {
    let broker = new MemoryBroker({ holes });
    await putQuestions(broker, questions, 2);
    for (const { after, written } of deaths) {
      let commits = 0;
      const die = (): void => { if (++commits > after) throw new Error('power cut'); };
      const hooks: MemoryBrokerOptions = written ? { afterCommit: die } : { beforeCommit: die };
      broker = await broker.reopen(hooks);
      const running = await startStream({ broker, policy, partsFolder: folder, trees: 5, requests: 4, search });
      await running.over.catch((error: unknown) => expect(String(error)).toContain('power cut'));
      broker = await broker.reopen({ beforeCommit: () => {}, afterCommit: () => {} });
    }
    const reports = await (await startStream({ broker, policy, partsFolder: folder, trees: 5, requests: 4, search })).over;
    checkLedgers(reports);
    await checkComplete(broker);
    expect(ledgerOf(reports, 'expand')).toEqual({ in: 12, ok: 12, failed: 0, dropped: 0, open: 0 });
    return broker;
  }

  it.each([['laptop', smallSearch, 7], ['with Reflect, waves and adaptive simulation', wholeSearch, 4]] as const)('loses nothing and doubles nothing, wherever it dies, whether or not the last commit was written, %s', async (_name, search, numRuns) => {
    const quiet = await quietTrees(search);
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ after: fc.nat({ max: 60 }), written: fc.boolean() }), { minLength: 1, maxLength: 4 }), fc.boolean(), async (deaths, holes) => {
      const policy = hashPolicy();
      const broker = await withDeaths(deaths, holes, policy, search);
      expect(await contents(broker, topics.trees)).toEqual(quiet);
      const again = policy.calls - new Set(policy.requests.map(({ id }) => id)).size;
      expect(again).toBeLessThanOrEqual(deaths.length * (2 * 4 + 2 * 2 * 50)); // a death: the credits of both stages, and two batches of 50 a stage and partition
      const rows = (await contents(broker, topics.trajectories)).map((text) => { const { type, treeId, ordinal } = JSON.parse(text) as { type: string; treeId: string; ordinal: number }; return `${type}/${treeId}/${ordinal}`; }); // chains, and pairs where the recipe makes them
      expect(new Set(rows).size).toBe(rows.length);
    }), { numRuns });
  });
});

describe('a second batch', () => {
  it('is worked on by every stage of a folder whose first batch had ended', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, questions.slice(0, 4), 2);
    await (await startStream({ broker, policy: hashPolicy(), partsFolder: folder })).over;
    await putQuestions(broker, questions.slice(4), 2);
    const slow = hashPolicy({ delayMs: 30 }); // long enough for an idle stage to think that its input has ended
    const reports = await (await startStream({ broker, policy: slow, partsFolder: folder, trees: 2, requests: 2 })).over;
    await checkComplete(broker);
    expect(ledgerOf(reports, 'expand')).toEqual({ in: 12, ok: 12, failed: 0, dropped: 0, open: 0 });
    expect(ledgerOf(reports, 'label')).toMatchObject({ in: 12 });
  });
});
