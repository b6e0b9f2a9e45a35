import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { conformanceTrajectory, scorerConformance } from '@slowthink/models/scorer-conformance';
import { STEP_ZERO } from '@slowthink/prompts';
import { isVerdictsRecord, type Candidate, type VerdictsRecord } from '@slowthink/records';
import { afterAll, expect, test } from 'vitest';
import { recordedScorer } from './recorded-scorer.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-recorded-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const candidate = (steps: readonly string[], values: readonly number[] | null, more: Partial<Candidate> = {}): Candidate =>
  ({ steps, values, verdict: { status: 'right', answer: '60 mg', normalised: '60 mg', rule: 'made' }, truncated: false, tokens: 9, seed: 1, ...more });
const item = (id: string, text: string, candidates: readonly [Candidate, ...Candidate[]], more: Partial<VerdictsRecord> = {}): VerdictsRecord => ({
  type: 'verdicts', v: 1, item: { type: 'question', v: 1, id, dataset: 'made', split: 'test', role: 'benchmark', attempt: 1, prompt: { text }, gold: { kind: 'open', answer: '60 mg' } }, policy: { model: 'p', revision: '1' }, scorer: { model: 's', revision: '2' },
  grader: 'rules', decode: 'sample', candidates, greedy: null, usage: { requests: 1, samples: 1, promptTokens: 5, completionTokens: 9 }, scorerUsage: { requests: 1, promptTokens: 20, completionTokens: 0 }, ...more,
});
let made = 0;
function write(items: readonly VerdictsRecord[]): string {
  for (const one of items) expect(isVerdictsRecord(one), JSON.stringify(isVerdictsRecord.errors)).toBe(true);
  const dir = join(folder, String(made++));
  mkdirSync(join(dir, 'results'), { recursive: true });
  writeFileSync(join(dir, 'results/items.jsonl'), items.map((one) => `${JSON.stringify(one)}\n`).join(''));
  return dir;
}
const ask = (question: string, ...steps: readonly string[]) => ({ id: 'r', question, steps: [STEP_ZERO, ...steps] });

test('gives the values that were recorded, by question and steps, of the greedy solution too, and the cost of an item shared over its valued candidates', async () => {
  const dir = write([item('made/test/1', 'Q1', [candidate(['a', 'b'], [0.25, 0.5]), candidate(['c'], [1]), candidate(['d'], null)], { greedy: candidate(['g'], [0.125]), scorerUsage: { requests: 2, promptTokens: 41, completionTokens: 3 } }), item('made/test/2', 'Q2', [candidate(['a', 'b'], [0.75, 0])])]);
  for (const path of [dir, join(dir, 'results'), join(dir, 'results/items.jsonl')]) {
    const scorer = await recordedScorer(path);
    expect(await scorer.describe()).toEqual({ model: 's', revision: '2' });
    expect((await scorer.score(ask('Q1', 'a', 'b')))).toEqual({ values: [0.25, 0.5], usage: { requests: 1, promptTokens: 21, completionTokens: 2 } });
    expect((await scorer.score(ask('Q1', 'c'))).usage).toEqual({ requests: 1, promptTokens: 20, completionTokens: 1 });
    expect((await scorer.score(ask('Q2', 'a', 'b'))).values).toEqual([0.75, 0]);
    expect(await scorer.score(ask('Q1', 'g'))).toEqual({ values: [0.125], usage: { requests: 0, promptTokens: 0, completionTokens: 0 } });
    expect((await scorer.score(ask('Q1'))).values).toEqual([]);
    await scorer.close();
  }
});

test('refuses a solution that was not recorded, and hands on why one had no values', async () => {
  const scorer = await recordedScorer(write([item('made/test/1', 'Q1', [candidate(['a'], [0.5]), candidate(['long'], null, { unscored: 'MODEL_CONTEXT_EXCEEDED' }), candidate(['a'], [0.75])])]));
  await expect(scorer.score(ask('Q1', 'b'))).rejects.toMatchObject({ code: 'MODEL_REFUSED', blame: 'record', message: expect.stringMatching(/^Request r: .*items\.jsonl holds no values of this solution\.$/) as string });
  await expect(scorer.score(ask('Q2', 'a'))).rejects.toMatchObject({ code: 'MODEL_REFUSED' });
  await expect(scorer.score(ask('Q1', 'long'))).rejects.toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED' });
  expect((await scorer.score(ask('Q1', 'a'))).values).toEqual([0.5]); // the first of two
  await expect(scorer.score(ask('Q1', 'a'), AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

test('a folder without results, results without values and values of two scorers are told apart', async () => {
  await expect(recordedScorer(join(folder, 'gone'))).rejects.toMatchObject({ code: 'RESULTS_MISSING' });
  await expect(recordedScorer(write([item('made/test/1', 'Q', [candidate(['a'], null)], { scorer: null })]))).rejects.toMatchObject({ code: 'RESULTS_BROKEN', message: expect.stringContaining('holds no step values: that evaluation had no scorer.') as string });
  await expect(recordedScorer(write([item('made/test/1', 'Q', [candidate(['a'], [1])]), item('made/test/2', 'R', [candidate(['a'], [1])], { scorer: { model: 's', revision: '3' } })]))).rejects.toThrow('holds the values of two scorers, s@2 and s@3.');
});

/** Every trajectory of the suite, with values that follow from question and number of the step. */
function writeConformance(): string {
  const asked = [...Array.from({ length: 12 }, (_, question) => Array.from({ length: 9 }, (__, count) => conformanceTrajectory(count + 1, question))).flat(), { question: 'Ünïcödé 😀 日本語 µg/kg ≥ 5 \\ " \n end', steps: ['😀 日本語', '≥ 5 µg “quotes”', '\\n is no line end'] }];
  return write(asked.map(({ question, steps }, at) => item(`made/test/${at}`, question, [candidate(steps.slice(1), steps.slice(1).map((_, k) => ((question.length * 7 + k * 3) % 10) / 10))])));
}
const recorded = writeConformance();
scorerConformance('recorded', async () => { const scorer = await recordedScorer(recorded); return { ...scorer, score: (request, signal) => scorer.score({ ...request, steps: [STEP_ZERO, ...request.steps.slice(1)] }, signal) }; }, { prefixTolerance: 0, cancels: false, stepsTooMany: null });
