// The whole stream in memory with a real grading program: verdicts by a program keep the laws that verdicts by rules keep.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryBroker } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import { topics, type CompletionsRecord, type ExpansionEvent, type FaultRecord, type Gold, type QuestionRecord, type RolloutEvent, type SearchSettings, type TreeRecord } from '@slowthink/records';
import { checkLedgers, type StageReport } from '@slowthink/runtime';
import { resolveSearch } from '@slowthink/search';
import { commandVerifier, withVerdictCache, type Verifier } from '@slowthink/verifiers';
import { checkComplete } from '@slowthink/wiring';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { contents, hashPolicy, putQuestions, question, smallSearch, startStream, type StreamOptions } from './testing/stream-in-memory.ts';

let folder: string;
let verifiers: Verifier[];
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-graders-')); verifiers = []; });
afterEach(async () => { await Promise.all(verifiers.map((verifier) => verifier.close())); rmSync(folder, { recursive: true, force: true }); });

const grader = fileURLToPath(new URL('testing/letter-grader.mjs', import.meta.url));
const open = (index: number): QuestionRecord => question(index, { kind: 'open', answer: 'ABCD'[index % 4]! });
const questions = Array.from({ length: 8 }, (_, index) => open(index));

async function program(inFlightMax: number): Promise<Verifier> {
  const verifier = withVerdictCache(await commandVerifier({ argv: [process.execPath, grader], timeoutMs: 20_000, startTimeoutMs: 20_000, inFlightMax, giveUpAfterMs: 0 }));
  verifiers.push(verifier);
  return verifier;
}

async function run(options: Partial<StreamOptions> & { readonly verifier?: Verifier }, asked: readonly QuestionRecord[] = questions, partitions = 2): Promise<{ readonly broker: MemoryBroker; readonly reports: readonly StageReport[] }> {
  const broker = new MemoryBroker();
  await putQuestions(broker, asked, partitions);
  const reports = await (await startStream({ broker, policy: hashPolicy(), partsFolder: mkdtempSync(join(folder, 'parts-')), ...options })).over;
  checkLedgers(reports);
  await checkComplete(broker);
  return { broker, reports };
}

/** Everything the search has: Reflect, waves, adaptive simulation; and the same in paragraphs. */
const wholeSearch = resolveSearch('meds3-v4', 'small', { wave: 3, simulating: 'adaptive', nodesMax: 12, simulationBase: 6, simulationMin: 2 });
const searches: readonly (readonly [string, SearchSettings])[] = [['laptop', smallSearch], ['with Reflect, waves and adaptive simulation', wholeSearch], ['with all these in paragraphs', { ...wholeSearch, stepping: 'paragraph' }]];

const recordsOf = async <Value>(broker: MemoryBroker, topic: Parameters<typeof contents>[1]): Promise<readonly Value[]> => (await contents(broker, topic)).map((text) => JSON.parse(text) as Value);

describe('a program that judges', () => {
  it.each(searches)('gives the same trees, completions and faults whatever the concurrency and the order of its answers (law 4), %s', async (_name, search) => {
    const seen: (readonly string[])[] = [];
    for (const [partitions, trees, requests, inFlight] of [[1, 1, 1, 1], [4, 64, 64, 32], [3, 2, 5, 3]] as const) {
      const { broker } = await run({ verifier: await program(inFlight), trees, requests, search }, questions, partitions);
      const faults = (await recordsOf<FaultRecord>(broker, topics.faults)).map(({ code, nodeId, place, questionId }) => [code, nodeId, nodeId === undefined ? '' : place, questionId].join(' ')).toSorted();
      seen.push([...await contents(broker, topics.trees), ...await contents(broker, topics.completions), ...faults]);
    }
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[2]).toEqual(seen[0]);
  });

  it.each(searches)('judges Finishes, Reflects and every round of completions, and right / n is counted from the verdicts, %s', async (_name, search) => {
    const { broker } = await run({ verifier: await program(16), search });
    const completions = new Map((await recordsOf<CompletionsRecord>(broker, topics.completions)).map((one) => [`${one.treeId} ${one.nodeId} ${one.round}`, one.samples]));
    const rollouts = (await recordsOf<RolloutEvent>(broker, topics.rollouts)).filter(({ outcome }) => outcome === 'ok');
    expect(completions.size).toBe(rollouts.length);
    for (const { treeId, nodeId, round, right, none, n } of rollouts) {
      const samples = completions.get(`${treeId} ${nodeId} ${round}`)!;
      expect([samples.filter(({ verdict }) => verdict.status === 'right').length, samples.filter(({ verdict }) => verdict.status === 'none').length, samples.length]).toEqual([right, none, n]);
      for (const { verdict } of samples) expect(verdict.rule).toBe(verdict.status === 'none' ? 'none' : 'command');
    }
    const nodes = (await recordsOf<TreeRecord>(broker, topics.trees)).flatMap((tree) => tree.nodes);
    expect(nodes.filter(({ action, verdict }) => action === 'finish' && verdict?.rule === 'command').length).toBeGreaterThan(10);
    if (search === smallSearch) return;
    expect(nodes.filter(({ asked, outcome }) => asked === 'reflect' && outcome === 'ok').length).toBeGreaterThan(0);
    expect(rollouts.filter(({ round }) => round === 2).length).toBeGreaterThan(10);
  });

  it('judges open questions, which the rules cannot, and every verdict is recorded with the answer', async () => {
    const { broker, reports } = await run({ verifier: await program(16) });
    expect(reports.find(({ name }) => name === 'expand')!.ledger).toMatchObject({ in: 8, ok: 8, dropped: 0 });
    const finishes = (await recordsOf<TreeRecord>(broker, topics.trees)).flatMap(({ gold, nodes }) => nodes.flatMap(({ action, verdict }) => (action === 'finish' && verdict !== undefined ? [{ gold, verdict }] : [])));
    expect(new Set(finishes.map(({ verdict }) => verdict.status))).toEqual(new Set(['right', 'wrong']));
    for (const { gold, verdict } of finishes) expect(verdict).toMatchObject({ rule: 'command', status: verdict.normalised === String(gold.answer).toLowerCase() ? 'right' : 'wrong' });

    const byRules = await run({});
    expect(byRules.reports.find(({ name }) => name === 'expand')!.ledger).toMatchObject({ in: 8, dropped: 8 });
    expect(new Set((await recordsOf<FaultRecord>(byRules.broker, topics.faults)).map(({ code }) => code))).toEqual(new Set(['QUESTION_NO_GRADER']));
  });

  it('comes to the trees of the rules where it judges as they do', async () => {
    const choices = Array.from({ length: 8 }, (_, index) => question(index));
    const alike: Verifier = { describe: async () => ({ name: 'alike' }), close: async () => {}, verify: async ({ gold, text }) => {
      const letter = /The answer is ([A-D])\./.exec(text)![1]!;
      return { status: letter === gold.answer ? 'right' : 'wrong', answer: letter, normalised: letter, rule: 'the answer is' };
    } };
    const [rules, judged] = [await run({}, choices), await run({ verifier: alike }, choices)];
    const shape = async (broker: MemoryBroker) => (await recordsOf<TreeRecord>(broker, topics.trees)).map(({ nodes }) => nodes.map(({ id, value, visits, verdict }) => [id, value, visits, verdict?.status, verdict?.normalised]));
    expect(await shape(judged.broker)).toEqual(await shape(rules.broker));
  });

  it('accepts every kind of gold', async () => {
    const golds: readonly Gold[] = [
      { kind: 'open', answer: 'A' }, { kind: 'text', answer: 'A', options: ['A', 'B'] }, { kind: 'span', answer: 'A' }, { kind: 'name', answer: 'A' }, { kind: 'digit', answer: '1' }, { kind: 'yes-no-maybe', answer: 'yes' }, { kind: 'number', answer: 5, unit: 'mg', tolerance: 0 },
      { kind: 'choice', answer: 'A', options: [{ letter: 'A', text: 'a' }, { letter: 'B', text: 'b' }] },
    ];
    const { reports } = await run({ verifier: await program(16) }, golds.map((gold, index) => question(index, gold)));
    expect(reports.find(({ name }) => name === 'expand')!.ledger).toMatchObject({ in: golds.length, dropped: 0, open: 0 });
  });

  it('that gives no verdict fails the child or the node, never as a silent wrong, with the fault in the same transaction', async () => {
    const { broker } = await run({ verifier: await program(16) }, Array.from({ length: 40 }, (_, index) => open(index)));
    const faults = await recordsOf<FaultRecord>(broker, topics.faults);
    expect(new Set(faults.map(({ code }) => code))).toEqual(new Set(['GRADER_DIED', 'GRADER_REPLY_INVALID']));
    expect(faults.find(({ code }) => code === 'GRADER_DIED')!.message).toContain('On stderr: this sign is too much');
    const failedChildren = (await recordsOf<ExpansionEvent>(broker, topics.expansions)).filter(({ type, outcome }) => type === 'expansion' && outcome === 'failed');
    const failedNodes = (await recordsOf<RolloutEvent>(broker, topics.rollouts)).filter(({ outcome }) => outcome === 'failed');
    expect(failedChildren.length).toBeGreaterThan(0);
    expect(failedNodes.length).toBeGreaterThan(0);
    expect(faults.filter(({ stage }) => stage === 'expand').map(({ code }) => code).toSorted()).toEqual(failedChildren.map(({ fault }) => fault!.code).toSorted());
    expect(faults.filter(({ stage }) => stage === 'rollout').map(({ code }) => code).toSorted()).toEqual(failedNodes.map(({ fault }) => fault!.code).toSorted());
    const judged = (await recordsOf<TreeRecord>(broker, topics.trees)).flatMap(({ nodes }) => nodes).filter(({ verdict }) => verdict !== undefined);
    for (const { text } of judged) expect(text).not.toMatch(/sign [35]\d /);
  });

  it('is asked once for each answer to a question, by both stages together', async () => {
    const asked: string[] = [];
    let wanted = 0;
    const inner: Verifier = { describe: async () => ({ name: 'counted' }), close: async () => {}, verify: async ({ questionId, text, truncated }) => { asked.push(JSON.stringify([questionId, text, truncated])); return { status: 'wrong', answer: 'x', normalised: 'x', rule: 'command' }; } };
    const cached = withVerdictCache(inner);
    await run({ verifier: { ...cached, verify: (request, signal) => { wanted++; return cached.verify(request, signal); } } });
    expect(new Set(asked).size).toBe(asked.length);
    expect(wanted).toBeGreaterThan(asked.length);
  });

  it.each(searches)('that is away ends the run with nothing lost, and a restart comes to the same trees, %s', async (_name, search) => {
    const quiet = await contents((await run({ verifier: await program(16), search })).broker, topics.trees);
    const inner = await program(16);
    let left = 25;
    const leaving: Verifier = { ...inner, describe: () => inner.describe(), close: () => inner.close(), verify: (request, signal) => (left-- > 0 ? inner.verify(request, signal) : Promise.reject(new FaultError('GRADER_UNAVAILABLE', 'The program is gone.'))) };
    const broker = new MemoryBroker();
    await putQuestions(broker, questions, 2);
    await expect((await startStream({ broker, policy: hashPolicy(), verifier: leaving, partsFolder: folder, search })).over).rejects.toMatchObject({ code: 'GRADER_UNAVAILABLE' });
    const again = await broker.reopen();
    checkLedgers(await (await startStream({ broker: again, policy: hashPolicy(), verifier: await program(16), partsFolder: folder, search })).over);
    expect(await contents(again, topics.trees)).toEqual(quiet);
  });
});
