// The flow of an evaluation on a broker in memory: the same items file whatever the order, the partitions, the concurrency and the deaths.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { judge, sample } from '@slowthink/app-evaluate';
import { MemoryBroker, type MemoryBrokerOptions } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { scriptedPolicy, scriptedScorer, type Policy, type ScriptedPolicy, type ScriptedScorer, type StepScorer } from '@slowthink/models';
import { hashSeed, topics, type FaultRecord, type QuestionRecord, type VerdictsRecord } from '@slowthink/records';
import { writeSorted } from '@slowthink/results';
import { bindStage, checkLedgers, runStages, type RunningStages, type StageReport } from '@slowthink/runtime';
import { Credits, silent } from '@slowthink/stream';
import { checkComplete, flows, readTopic } from '@slowthink/wiring';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contents, putQuestions, question, smallSearch } from './testing/stream-in-memory.ts';

let folder: string;
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-evaluation-')); });
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const items = Array.from({ length: 30 }, (_, index): QuestionRecord => ({ ...question(index), role: 'benchmark' }));
const N = 4;
const sampling = { ...smallSearch.rollout, temperature: 1, topP: 0.95 };

/** Two steps and an answer that follow from the seed; right with a chance that grows with the item's number; greedy the same way. */
const answering = (script: Partial<Parameters<typeof scriptedPolicy>[0]> = {}): ScriptedPolicy => scriptedPolicy({
  answer({ messages }, _index, seed) {
    const index = Number(/Question (\d+):/.exec(messages.at(-1)!.content)![1]);
    const right = hashSeed('answer', seed) % 10 < index % 11;
    return { text: ` Think of sign ${hashSeed('sign', seed) % 7}.\n\nStep 2: The answer is ${'ABCD'[(index + (right ? 0 : 1)) % 4]}.` };
  },
  ...script,
});

const valuing = (script: Partial<Parameters<typeof scriptedScorer>[0]> = {}): ScriptedScorer => scriptedScorer({ value: ({ question: asked, steps }, index) => (hashSeed(asked, steps.slice(0, index + 1)) % 1000) / 1000, ...script });

interface Started { readonly policy?: Policy; readonly scorer?: StepScorer | undefined; readonly requests?: number; readonly only?: 'sample' | 'judge' }

const start = (broker: MemoryBroker, { policy = answering(), scorer = valuing(), requests = 8, only }: Started = {}): Promise<RunningStages> => runStages(
  [
    bindStage({ stage: sample, deps: { policy, identity: { model: 'scripted', revision: 'scripted-1' }, search: smallSearch, sampling, samples: N, greedy: true, seed: 7, judged: false }, credits: { requests: new Credits(requests) }, calls: ['requests'] }),
    bindStage({ stage: judge, deps: { scorer: { port: scorer, identity: { model: 'scripted', revision: 'scripted-1' } }, grader: 'rules', stepping: 'marked' }, credits: { items: new Credits(requests) }, calls: ['items'] }),
  ].filter(({ stage }) => only === undefined || stage.name === only),
  { broker, observer: silent, commit: { records: 20, ms: 1, pendingMax: 40, giveUpMs: 0 }, admit: () => Promise.resolve(), until: only === undefined ? 'end' : 'idle', drainMs: 2000 },
);

async function* linesOf(broker: MemoryBroker): AsyncGenerator<{ readonly key: string; readonly line: string }> {
  for await (const { value } of readTopic<VerdictsRecord>(broker, topics.verdicts, 'verdicts')) yield { key: value.item.id, line: JSON.stringify(value) };
}

async function fileOf(broker: MemoryBroker): Promise<string> {
  const { path } = await writeSorted(join(folder, 'items.jsonl'), linesOf(broker));
  return readFileSync(path, 'utf8');
}

async function judgedAfter(order: readonly QuestionRecord[], partitions: number, started: Started = {}, holes = false): Promise<{ readonly file: string; readonly records: readonly VerdictsRecord[]; readonly reports: readonly StageReport[]; readonly broker: MemoryBroker }> {
  const broker = new MemoryBroker({ holes });
  await putQuestions(broker, order, partitions, topics.benchmarkItems);
  const reports = await (await start(broker, started)).over;
  checkLedgers(reports);
  await checkComplete(broker, flows.evaluation);
  const file = await fileOf(broker);
  return { file, reports, broker, records: file.split('\n').filter(Boolean).map((line) => JSON.parse(line) as VerdictsRecord) };
}

describe('the flow of an evaluation', () => {
  it('gives every item N graded candidates with a value a step and a greedy one, and both ledgers add up (law 1)', async () => {
    const { reports, records } = await judgedAfter(items, 3);
    expect(reports.map(({ name, ledger }) => [name, ledger.in, ledger.ok])).toEqual([['sample', 30, 30], ['judge', 30, 30]]);
    expect(records.map(({ item }) => item)).toEqual(items.toSorted((a, b) => (a.id < b.id ? -1 : 1)));
    for (const { candidates, greedy, usage, scorerUsage } of records) {
      expect(candidates).toHaveLength(N);
      expect(new Set(candidates.map(({ seed }) => seed)).size).toBe(N);
      expect([usage.requests, usage.samples, scorerUsage.requests]).toEqual([1, N, N]);
      for (const { steps, values, verdict } of candidates) expect([steps.length, values!.length, verdict.status === 'none']).toEqual([2, 2, false]);
      expect([greedy!.steps.length, greedy!.values]).toEqual([2, null]); // it competes with nobody, so no scorer is asked
    }
    expect(records.some(({ candidates }) => candidates.every(({ verdict }) => verdict.status === 'right')) && records.some(({ candidates }) => candidates.every(({ verdict }) => verdict.status === 'wrong'))).toBe(true);
  });

  it('gives the same file whatever the order of the items, the partitions and the concurrency (law 4)', async () => {
    const { file } = await judgedAfter(items, 1, { requests: 1 });
    await fc.assert(fc.asyncProperty(fc.shuffledSubarray([...items], { minLength: items.length }), fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 40 }), fc.boolean(), async (order, partitions, requests, holes) => {
      expect((await judgedAfter(order, partitions, { requests }, holes)).file).toBe(file);
    }), { numRuns: 4 });
  });

  it('loses nothing and doubles nothing, wherever it dies, and asks no more again than the law allows (law 2)', async () => {
    const { file } = await judgedAfter(items, 2, { requests: 4 });
    const deaths = fc.array(fc.record({ after: fc.nat({ max: 12 }), written: fc.boolean() }), { minLength: 1, maxLength: 4 });
    await fc.assert(fc.asyncProperty(deaths, fc.boolean(), async (all, holes) => {
      const policy = answering(), started = { policy, requests: 4 };
      let broker = new MemoryBroker({ holes });
      await putQuestions(broker, items, 2, topics.benchmarkItems);
      for (const { after, written } of all) {
        let commits = 0;
        const die = (): void => { if (++commits > after) throw new Error('power cut'); };
        const hooks: MemoryBrokerOptions = written ? { afterCommit: die } : { beforeCommit: die };
        broker = await broker.reopen(hooks);
        await (await start(broker, started)).over.catch((error: unknown) => expect(String(error)).toContain('power cut'));
        broker = await broker.reopen({ beforeCommit: () => {}, afterCommit: () => {} });
      }
      const reports = await (await start(broker, started)).over;
      checkLedgers(reports);
      await checkComplete(broker, flows.evaluation);
      expect(await fileOf(broker)).toBe(file);
      expect(policy.calls - 2 * items.length).toBeLessThanOrEqual(2 * all.length * (4 + 2 * 2 * 20)); // two requests an item; a death: the credits, and two batches of 20 a partition
    }), { numRuns: 3 });
  });

  it('samples alone first and judges later without a policy, to the same file', async () => {
    const { file } = await judgedAfter(items, 2);
    const broker = new MemoryBroker({ holes: false });
    await putQuestions(broker, items, 2, topics.benchmarkItems);
    await (await start(broker, { only: 'sample' })).over;
    expect(await contents(broker, topics.verdicts)).toEqual([]);
    await (await start(broker, { only: 'judge', policy: answering({ fail: () => new Error('nobody may ask the policy') }) })).over;
    expect(await fileOf(broker)).toBe(file);
  });

  it('changes no byte of a request when the gold is another (law 8)', async () => {
    const asked = async (of: readonly QuestionRecord[]): Promise<string> => {
      const policy = answering();
      await judgedAfter(of, 1, { policy, requests: 1 });
      return JSON.stringify(policy.requests);
    };
    const others = items.map((item): QuestionRecord => ({ ...item, gold: { kind: 'choice', answer: 'D', options: [...'ABCD'].map((letter) => ({ letter, text: `drug ${letter}` })) } }));
    expect(await asked(others)).toBe(await asked(items));
  });

  it('sends an item that the model refuses or that nobody can judge to faults, and judges the others (law 7)', async () => {
    const all = [...items, { ...question(99, { kind: 'open', answer: 'rest' }), role: 'benchmark' as const }];
    const policy = answering({ fail: ({ messages }) => (messages.at(-1)!.content.includes('Question 3:') ? new FaultError('MODEL_REFUSED', 'not this one') : undefined) });
    const { reports, records, broker } = await judgedAfter(all, 2, { policy });
    expect(reports[0]!.ledger).toEqual({ in: 31, ok: 29, failed: 1, dropped: 1, open: 0 });
    expect(records).toHaveLength(29);
    expect((await contents(broker, topics.faults)).map((text) => JSON.parse(text) as FaultRecord).map(({ code, key, stage }) => [code, key, stage])).toEqual(expect.arrayContaining([['MODEL_REFUSED', 'made/train/3', 'sample'], ['QUESTION_NO_GRADER', 'made/train/99', 'sample']]));
  });

  it('keeps the vote of a candidate that the scorer cannot read, without a score, and says why', async () => {
    const scorer = valuing({ fail: ({ question: asked, id }) => (asked.includes('Question 4:') && id.endsWith('/1') ? new FaultError('MODEL_CONTEXT_EXCEEDED', 'too long') : undefined) });
    const { records } = await judgedAfter(items, 2, { scorer });
    const { candidates } = records.find(({ item }) => item.id === 'made/train/4')!;
    expect(candidates.map(({ values, unscored }) => [values === null, unscored])).toEqual([[false, undefined], [true, 'MODEL_CONTEXT_EXCEEDED'], [false, undefined], [false, undefined]]);
    expect(candidates[1]!.verdict.status).not.toBe('none');
  });

  it('has no more items in memory than credits while the model does not answer (law 5)', async () => {
    const broker = new MemoryBroker();
    await putQuestions(broker, Array.from({ length: 300 }, (_, index) => ({ ...question(index), role: 'benchmark' as const })), 4, topics.benchmarkItems);
    const never = answering({ delayMs: 1e9 });
    const running = await start(broker, { policy: never, requests: 8 });
    while (never.inFlightMax < 16) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect([never.inFlightMax, never.calls]).toEqual([16, 16]); // candidates and greedy of 8 items
    running.stop();
    await running.over;
  });
});
