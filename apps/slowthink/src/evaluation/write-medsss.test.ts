import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ruleNamed } from '@slowthink/decoding';
import { evaluate, type EvaluateOptions, type Evaluation } from '@slowthink/evaluation';
import type { Candidate, VerdictsRecord } from '@slowthink/records';
import { resultFiles } from '@slowthink/results';
import { describe, expect, it } from 'vitest';
import { candidateOf, verdictsOf } from '../testing/verdict-records.ts';
import { medsssResult, writeMedsss } from './write-medsss.ts';

const exactly = (one: Candidate, exact: 'right' | 'wrong'): Candidate => ({ ...one, exact });
const numbers = (records: readonly VerdictsRecord[], options: EvaluateOptions = {}): Promise<Evaluation> => evaluate(records, { draws: 100, subsets: 2, ...options });

describe('medsssResult', () => {
  it('takes the exact-match rule where each candidate of the exported rule has its verdict', async () => {
    const records = [verdictsOf('a', ['A .9', 'B .2']), verdictsOf('b', ['A .9'])].map((record) => ({ ...record, candidates: record.candidates.map((one) => exactly(one, record.item.id === 'a' ? 'right' : 'wrong')) }));
    expect(medsssResult(await numbers(records))).toEqual({ acc: 0.5, 'pass@1': 0.5, infer_rule: 'prm-min-vote-sum', metric: 'exact match of the MedSSS release', datasets: { cases: { acc: 0.5, 'pass@1': 0.5 } } });
  });

  it('takes the grader where only the greedy solutions, or some candidates, have an exact verdict: never null', async () => {
    const greedy = exactly(candidateOf('A', 9), 'wrong');
    const records = [verdictsOf('a', ['A .9'], { greedy }), verdictsOf('b', ['A .9'], { greedy, candidates: [exactly(candidateOf('A .9', 0), 'wrong')] })];
    const evaluation = await numbers(records);
    expect(evaluation.graderToo).toBe('medsss'); // of greedy alone
    expect(medsssResult(evaluation)).toMatchObject({ acc: 1, metric: 'grader of Slowthink', datasets: { cases: { acc: 1 } } });
  });

  it('leaves out a set of which no item was judged', async () => {
    const result = medsssResult(await numbers([verdictsOf('a', ['A'])], { failed: { seer: 3 } }));
    expect(result).toMatchObject({ acc: 1, infer_rule: 'scvm', datasets: { cases: { acc: 1 } } });
    expect(Object.keys(result!.datasets)).toEqual(['cases']);
  });
});

describe('writeMedsss', () => {
  it('removes an earlier result.json where no rule of the release was computed', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'medsss-'));
    const records = [verdictsOf('a', ['A .9'])];
    await writeMedsss(resultFiles(folder), await numbers(records));
    expect(readdirSync(folder)).toEqual(['result.json']);
    await writeMedsss(resultFiles(folder), await numbers(records, { rules: [ruleNamed('bon-min')] }));
    expect(readdirSync(folder)).toEqual([]);
    rmSync(folder, { recursive: true });
  });
});
