// The flow of a curriculum on a broker in memory: the same file whatever the order, the partitions, the concurrency and the deaths.
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probe } from '@slowthink/app-probe';
import { MemoryBroker, type MemoryBrokerOptions } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { scriptedPolicy, type Policy, type ScriptedPolicy } from '@slowthink/models';
import { hashSeed, topics, type FaultRecord, type HardnessRecord, type QuestionRecord, type Topic } from '@slowthink/records';
import { bindStage, checkLedgers, runStages, type RunningStages, type StageReport } from '@slowthink/runtime';
import { Credits, silent } from '@slowthink/stream';
import { checkComplete, flows, type Flow } from '@slowthink/wiring';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeCurriculum } from './curriculum-file.ts';
import { stages } from './stages.ts';
import { contents, putQuestions, question, smallSearch } from './testing/stream-in-memory.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-curriculum-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const rule = { keep: 0.5, keepCount: null, dropNeverRight: false, seed: 7 };
const questions = Array.from({ length: 40 }, (_, index) => question(index));
const samples = 4;

/** Answers each question right with a chance of its own: question 0 never, question 10 and 21 always, … (index mod 11 of 10). */
const chancePolicy = (script: Partial<Parameters<typeof scriptedPolicy>[0]> = {}): ScriptedPolicy => scriptedPolicy({
  answer({ messages }, _index, seed) {
    const index = Number(/Question (\d+):/.exec(messages.at(-1)!.content)![1]);
    const right = hashSeed('answer', seed) % 10 < index % 11;
    return { text: ` The answer is ${'ABCD'[(index + (right ? 0 : 1)) % 4]}.` };
  },
  ...script,
});

const start = (broker: MemoryBroker, policy: Policy, requests = 8): Promise<RunningStages> => runStages(
  [bindStage({ stage: probe, deps: { policy, identity: { model: 'scripted', revision: 'scripted-1' }, search: smallSearch, samples, seed: 7 }, credits: { requests: new Credits(requests) }, calls: ['requests'] })],
  { broker, observer: silent, commit: { records: 20, ms: 1, pendingMax: 40, giveUpMs: 0 }, admit: () => Promise.resolve(), until: 'end', drainMs: 2000 },
);

async function fileOf(broker: MemoryBroker): Promise<string> {
  const path = join(folder, 'curriculum.jsonl');
  await writeCurriculum(broker, rule, path);
  expect(readdirSync(folder)).toEqual(['curriculum.jsonl']); // no scratch file is left
  return readFileSync(path, 'utf8');
}

async function fileAfter(order: readonly QuestionRecord[], partitions: number, requests: number, holes = false): Promise<{ readonly file: string; readonly reports: readonly StageReport[]; readonly broker: MemoryBroker }> {
  const broker = new MemoryBroker({ holes });
  await putQuestions(broker, order, partitions, topics.seeds);
  const reports = await (await start(broker, chancePolicy(), requests)).over;
  checkLedgers(reports);
  await checkComplete(broker, flows.curriculum);
  return { file: await fileOf(broker), reports, broker };
}

describe('the flow of a curriculum', () => {
  it('probes every question once, and the ledger adds up (law 1)', async () => {
    const { reports, broker } = await fileAfter(questions, 4, 8);
    expect(reports).toEqual([{ name: 'probe', ledger: { in: 40, ok: 40, failed: 0, dropped: 0, open: 0 } }]);
    const records = (await contents(broker, topics.hardness)).map((text) => JSON.parse(text) as HardnessRecord);
    expect(new Set(records.map((record) => record.question.id)).size).toBe(40);
    for (const { question: one, right, n } of records) {
      expect(n).toBe(samples);
      if (Number(one.id.split('/')[2]) % 11 === 0) expect(right).toBe(0);
      if (Number(one.id.split('/')[2]) % 11 === 10) expect(right).toBe(samples);
    }
    expect(await contents(broker, topics.solutions)).toHaveLength(40);
  });

  it('writes the hardest half of what is not always right, hardest first, as question records with their counts', async () => {
    const { file, broker } = await fileAfter(questions, 3, 8);
    const rows = file.trimEnd().split('\n').map((line) => JSON.parse(line) as QuestionRecord & { right: number; n: number; none: number; hardness: number });
    const all = (await contents(broker, topics.hardness)).map((text) => JSON.parse(text) as HardnessRecord);
    const candidates = all.filter(({ right, n }) => right < n);
    expect(rows).toHaveLength(Math.ceil(candidates.length / 2));
    expect(rows.map(({ right }) => right)).toEqual(candidates.map(({ right }) => right).toSorted((a, b) => a - b).slice(0, rows.length));
    for (const { right, n, none, hardness, ...record } of rows) {
      expect(questions).toContainEqual(record);
      expect([hardness, none]).toEqual([1 - right / n, 0]);
    }
  });

  it('gives the same file whatever the order of the questions, the partitions and the concurrency', async () => {
    const { file } = await fileAfter(questions, 1, 1);
    const orders = fc.shuffledSubarray([...questions], { minLength: questions.length });
    await fc.assert(fc.asyncProperty(orders, fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (order, partitions, requests, holes) => {
      expect((await fileAfter(order, partitions, requests, holes)).file).toBe(file);
    }), { numRuns: 7 });
  });

  it('loses nothing and doubles nothing, wherever it dies, and asks no more again than the law allows (law 2)', async () => {
    const { file } = await fileAfter(questions, 2, 4);
    const deaths = fc.array(fc.record({ after: fc.nat({ max: 12 }), written: fc.boolean() }), { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(deaths, fc.boolean(), async (all, holes) => {
      const policy = chancePolicy();
      let broker = new MemoryBroker({ holes });
      await putQuestions(broker, questions, 2, topics.seeds);
      for (const { after, written } of all) {
        let commits = 0;
        const die = (): void => { if (++commits > after) throw new Error('power cut'); };
        const hooks: MemoryBrokerOptions = written ? { afterCommit: die } : { beforeCommit: die };
        broker = await broker.reopen(hooks);
        await (await start(broker, policy, 4)).over.catch((error: unknown) => expect(String(error)).toContain('power cut'));
        broker = await broker.reopen({ beforeCommit: () => {}, afterCommit: () => {} });
      }
      const reports = await (await start(broker, policy, 4)).over;
      checkLedgers(reports);
      await checkComplete(broker, flows.curriculum);
      expect(reports[0]!.ledger).toEqual({ in: 40, ok: 40, failed: 0, dropped: 0, open: 0 });
      expect(await fileOf(broker)).toBe(file);
      expect(policy.calls - 40).toBeLessThanOrEqual(all.length * (4 + 2 * 2 * 20)); // a death: the credits, and two batches of 20 a partition
    }), { numRuns: 4 });
  });

  it('sends a question that the model refuses to faults and one without a grader too, and ranks the others (law 7)', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, [...questions, question(99, { kind: 'open', answer: 'rest' })], 2, topics.seeds);
    const reports = await (await start(broker, chancePolicy({ fail: ({ messages }) => (messages.at(-1)!.content.includes('Question 3:') ? new FaultError('MODEL_REFUSED', 'not this one') : undefined) }))).over;
    checkLedgers(reports);
    await checkComplete(broker, flows.curriculum);
    expect(reports[0]!.ledger).toEqual({ in: 41, ok: 39, failed: 1, dropped: 1, open: 0 });
    expect((await contents(broker, topics.faults)).map((text) => JSON.parse(text) as FaultRecord).map(({ code, key, stage }) => [code, key, stage])).toEqual(expect.arrayContaining([['MODEL_REFUSED', 'made/train/3', 'probe'], ['QUESTION_NO_GRADER', 'made/train/99', 'probe']]));
    expect(await fileOf(broker)).not.toMatch(/"id":"made\/train\/(?:3|99)"/);
  });

  it('has no more questions in memory than credits while the model does not answer (law 5)', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, Array.from({ length: 400 }, (_, index) => question(index)), 4, topics.seeds);
    const never = chancePolicy({ delayMs: 1e9 });
    const running = await start(broker, never, 8);
    while (never.inFlightMax < 8) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([never.inFlightMax, never.calls]).toEqual([8, 8]);
    running.stop();
    await running.over;
  });

  it('replaces a file and whatever a process left that was killed while it wrote one', async () => {
    const { file, broker } = await fileAfter(questions.slice(0, 20), 2, 8);
    for (const name of ['.curriculum.jsonl.rows', '.curriculum.jsonl.tmp', 'curriculum.jsonl']) writeFileSync(join(folder, name), `${file}{"half of a row`);
    expect(await fileOf(broker)).toBe(file);
  });

  it('writes an empty file where nothing is kept', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, [question(10), question(21)], 2, topics.seeds);
    await (await start(broker, chancePolicy())).over;
    const path = join(folder, 'none.jsonl');
    expect(await writeCurriculum(broker, rule, path)).toMatchObject({ questions: 2, kept: 0, tally: [{ dataset: 'made', right: 4, n: 4, questions: 2, kept: 0 }] });
    expect(readFileSync(path, 'utf8')).toBe('');
  });
});

describe('the flows', () => {
  it('know of each stage what the stage itself reads, and hold every topic that it reads or writes', () => {
    const ours = Object.values<Flow>(flows).flatMap((flow) => flow.stages.map((stage) => ({ flow, stage })));
    expect(ours.map(({ stage }) => stage.name)).toEqual(stages.map(({ name }) => name));
    for (const [at, { flow, stage }] of ours.entries()) {
      expect(stage.reads).toEqual(stages[at]!.reads);
      for (const topic of [...stages[at]!.reads, ...stages[at]!.writes]) expect(flow.topics).toContain(topic);
    }
    expect(new Set(Object.values<Flow>(flows).flatMap((flow) => flow.topics))).toEqual(new Set<Topic>(Object.values(topics)));
  });
});
