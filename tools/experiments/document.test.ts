import { describe, expect, it } from 'vitest';
import { costsOf } from './costs.ts';
import { resultTables } from './document.ts';
import { experiments, leftOut } from './experiments.ts';
import type { Decoded, KeptRule, Outcomes } from './outcomes.ts';

const n = 300;
/** The first `share` of the questions right. */
const first = (share: number): string => Array.from({ length: n }, (_, q) => (q < share * n ? '1' : '0')).join('');
const rules: readonly KeptRule[] = ['greedy', 'maj', 'vote-sum-min', 'bon-min', 'pass'];
const model = (name: string, shares: readonly number[], temperature = 1): Decoded => ({
  name, temperature, candidates: 16, policy: name.padEnd(64, '0'), scorer: 'f'.repeat(64), candidatesSha256: 'c'.repeat(64), rights: Object.fromEntries(rules.map((rule, at) => [rule, first(shares[at]!)])), oneSample: shares[0]!, seconds: 100, stepAuroc: { all: 0.9, inner: 0.88 },
  tokens: { prompt: 60 * n, generated: 16 * 80 * n, greedyPrompt: 60 * n, greedyGenerated: 80 * n, scorer: 16 * 140 * n },
});
const outcomes: Outcomes = {
  set: { name: 'dosage-test', sha256: 'a'.repeat(64), questions: Array.from({ length: n }, (_, q) => `t/test/x-${q}`) }, decodedAt: '2026-12-01', commit: 'abc',
  models: [
    model('base', [0.5, 0.45, 0.9, 0.85, 0.95]), model('round-1', [0.65, 0.62, 0.94, 0.9, 0.97]), model('round-1', [0.65, 0.66, 0.95, 0.93, 0.96], 0.7), model('round-2', [0.8, 0.78, 0.96, 0.92, 0.98]),
    model('heavy-sft-round-1', [0.9, 0.88, 0.94, 0.9, 0.97]), model('heavy-sft-round-2', [0.97, 0.96, 0.97, 0.95, 0.98]), model('shuffled-labels', [0.65, 0.62, 0.6, 0.5, 0.97]), model('left-out', [0.6, 0.58, 0.9, 0.88, 0.96]),
    ...['seed-1', 'seed-2'].flatMap((seed) => [model(`${seed}-round-1`, [0.7, 0.66, 0.93, 0.9, 0.97]), model(`${seed}-round-2`, [0.82, 0.8, 0.95, 0.92, 0.98])]),
  ],
};
const questions = outcomes.set.questions.map((id, q) => ({ id, kind: q % 3 === 0 ? leftOut.kind : 'other', text: q % 3 === 1 ? `The ${leftOut.cue} drips.` : 'The set drips.' }));
const text = resultTables({ outcomes, costs: costsOf({ 'round-2': { promptTokens: 7e6, generatedTokens: 5e6, flops: 3e13, minutes: 20 } }, 1e6), experiments, questions, leftOut });
const section = (title: string): string => text.split('### ').find((part) => part.startsWith(title))!;

describe('the tables of docs/experiments.md', () => {
  it('have the best light system against the best heavy one in the first row, with every cost of both', () => {
    const [first] = section('Whole systems').split('\n').filter((line) => line.startsWith('| **'));
    expect(first).toMatch(/best light \(light round 2, P-VS\) against best heavy \(heavy SFT round 2, greedy\)\*\* \| 96\.0 against 97\.0: −1\.0 \[/);
    expect(first).toContain('| 7,000,000 against 0 | 5,000,000 against 0 | 3.0e+13 against 0 | 20.0 against 0.0 | 3580 against 140 | 7.2e+9 against 2.8e+8 | 0.0056 against 0.0056 |');
    expect(section('Whole systems').split('\n').filter((line) => line.startsWith('| '))[2]).toBe(first);
  });

  it('say in a sentence who wins at equal cost, and that neither does where the interval has 0 in it', () => {
    const whenHeavyHas = (share: number): string => resultTables({ outcomes: { ...outcomes, models: outcomes.models.map((one) => (one.name === 'heavy-sft-round-2' ? { ...one, rights: { ...one.rights, greedy: first(share) } } : one)) }, costs: costsOf({}, 1e6), experiments, questions, leftOut });
    expect(whenHeavyHas(0.99)).toMatch(/At equal cost of searching .* the heavy system wins: 96\.0 % \(light round 2, P-VS\) against 99\.0 % \(heavy SFT round 2, greedy\), a difference of −3\.0 \[−\d\.\d, −\d\.\d\] points; a question costs 3580 tokens to decode against 140\./);
    expect(whenHeavyHas(0.97)).toContain('neither wins');
  });

  it('give each primary test its difference, both p values and whether it holds', () => {
    expect(section('The four primary tests')).toMatch(/greedy: round 1 minus base \| \+15\.0 \[\+\d+\.\d, \+\d+\.\d\] \| 45 \/ 0 \| < 0\.0001 \| < 0\.0001 \| at least 10\.0, above 0 \| yes/);
  });

  it('keep rows that disappoint, with their difference from round 1', () => {
    expect(section('Controls and ablations')).toMatch(/scorer of shuffled labels \| 65\.0 \| \+0\.0 .*\| 60\.0 \| −34\.0/);
  });

  it('count decoding: greedy reads no scorer, a majority none either, P-VS both models', () => {
    const decoding = (rule: KeptRule): number => costsOf({}, 1e6).decoding(outcomes.models[0]!, rule, n).tokens;
    expect([decoding('greedy'), decoding('maj'), decoding('vote-sum-min')]).toEqual([140, 60 + 16 * 80, 60 + 16 * 80 + 16 * 140]);
  });

  it('show what no round saw apart from the rest, and each training seed beside the mean', () => {
    expect(section('What no round ever saw')).toMatch(new RegExp(`kind ${leftOut.kind} \\| 100 `));
    expect(section('Three training seeds')).toMatch(/greedy: round 1 minus base \| \+15\.0 \[\+\d+\.\d, \+\d+\.\d\] \| \+20\.0 \[.*\] \| \+20\.0 \[.*\] \| \+18\.3 \| \+15\.0 \| \+20\.0 \| 3 of 3 \|/);
    expect(section('Models')).toContain('`cccccccccccccccc`');
  });
});
