import { describe, expect, it } from 'vitest';
import { differenceOf, primaryResults, rightsOf } from './analyse.ts';
import type { Decoded, Outcomes } from './outcomes.ts';

const questions = Array.from({ length: 400 }, (_, q) => `q${q}`);
const first = (right: number): string => questions.map((_, q) => (q < right ? '1' : '0')).join('');
const model = (name: string, rights: Decoded['rights']): Decoded => ({ name, temperature: 1, candidates: 16, policy: 'p', scorer: 's', candidatesSha256: 'c', rights, oneSample: 0.5, seconds: 1, stepAuroc: { all: null, inner: null },
  tokens: { prompt: 0, generated: 0, greedyPrompt: 0, greedyGenerated: 0, scorer: 0 } });
const outcomes = (models: readonly Decoded[]): Outcomes => ({ set: { name: 'test', sha256: '', questions }, decodedAt: '', commit: '', models });

describe('the analysis', () => {
  it('finds four effects where they are, corrects their p values among themselves, and says that each holds', () => {
    const results = primaryResults(outcomes([model('base', { greedy: first(160) }), model('round-1', { greedy: first(240), maj: first(250), 'vote-sum-min': first(300) }), model('round-2', { greedy: first(300), maj: first(310), 'vote-sum-min': first(350) })]));
    expect(results.map(({ difference }) => Number(difference.value.toFixed(3)))).toEqual([0.2, 0.15, 0.125, 0.1]);
    for (const { holds, holm, p } of results) { expect(holds).toBe(true); expect(holm!).toBeGreaterThanOrEqual(p!); expect(holm!).toBeLessThan(0.05); }
  });

  it('says that a gain of one point over a majority does not hold, though its direction is right', () => {
    const [, , votes] = primaryResults(outcomes([model('base', { greedy: first(160) }), model('round-1', { greedy: first(240), maj: first(250), 'vote-sum-min': first(254) }), model('round-2', { greedy: first(300), maj: first(310), 'vote-sum-min': first(350) })]));
    expect(votes).toMatchObject({ holds: false, onlyA: 4, onlyB: 0 });
  });

  it('pairs questions: gains and losses that cancel out are no difference, and their interval has a width', () => {
    const { difference, onlyA, onlyB, p } = differenceOf(Float64Array.from(questions, (_, q) => Number(q % 2 === 0)), Float64Array.from(questions, (_, q) => Number(q % 2 === 1)));
    expect({ value: difference.value, onlyA, onlyB, p }).toEqual({ value: 0, onlyA: 200, onlyB: 200, p: 1 });
    expect(difference.high - difference.low).toBeGreaterThan(0.15);
  });

  it('refuses a system that was not decoded, and a rule without values, by name', () => {
    const some = outcomes([model('base', { greedy: first(160) })]);
    expect(() => rightsOf(some, ['round-9', 'greedy'])).toThrow('round-9');
    expect(() => rightsOf(some, ['base', 'vote-sum-min'])).toThrow('vote-sum-min');
  });
});
