import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { choose, chooseIn, choosers, decodingRules, poolOf, ruleNamed, type ChooserName, type PoolCandidate } from './index.ts';

/** A candidate of one step: "A 0.5" states A with the value 0.5, "A" has no value, "- 0.5" states no answer, "A NaN" has a value that is no number. */
const read = (text: string): PoolCandidate => {
  const [answer, value] = text.split(' ');
  return { answer: answer === '-' ? undefined : answer, values: value === undefined ? null : [Number(value)] };
};
const chosen = (chooser: ChooserName, ...texts: readonly string[]): number => {
  const pool = poolOf(texts.map(read));
  return choosers[chooser](pool, Int32Array.from(texts, (_, at) => at), pool.scores.last);
};
const scoring = ['best-of-n', 'vote-sum', 'vote-mean'] as const;
const all = ['majority', ...scoring] as const;

describe('majority', () => {
  it('takes the most frequent answer, and of its candidates the first', () => expect(chosen('majority', 'A', 'B', 'B')).toBe(1));
  it('takes of equally frequent answers the one seen first', () => expect(chosen('majority', 'B', 'A', 'A', 'B')).toBe(0));
  it('does not look at scores', () => {
    expect(chosen('majority', 'A 0', 'B 1', 'B 0', 'A 1')).toBe(0);
    expect(chosen('majority', 'A NaN', 'A 1', 'B 1')).toBe(0);
  });
});

describe('best-of-n', () => {
  it('takes the highest score', () => expect(chosen('best-of-n', 'A 0.2', 'B 0.9', 'A 0.8')).toBe(1));
  it('takes of equal scores the first', () => expect(chosen('best-of-n', 'A 0.2', 'B 0.9', 'C 0.9')).toBe(1));
  it('takes the best of those that state no answer where nobody states one', () => expect(chosen('best-of-n', '- 0.2', '- 0.7', '- NaN')).toBe(1));
});

describe('vote-sum', () => {
  it('takes the answer whose candidates have the highest sum, and its best candidate', () => expect(chosen('vote-sum', 'B 0.9', 'A 0.5', 'A 0.6')).toBe(2));
  it('takes of equal sums the answer with the best single candidate', () => expect(chosen('vote-sum', 'A 0.5', 'A 0.25', 'B 0.75')).toBe(2));
  it('takes of equal sums and equal best candidates the answer seen first, and of its equal candidates the first', () => expect(chosen('vote-sum', 'B 0.5', 'A 0.5', 'A 0.5', 'B 0.5')).toBe(0));
  it('takes sums for equal that differ by rounding alone: 0.1 + 0.2 is not above 0.3', () => {
    expect(0.1 + 0.2).toBeGreaterThan(0.3);
    expect(chosen('vote-sum', 'A 0.1', 'A 0.2', 'B 0.3')).toBe(2);
  });
});

describe('vote-mean', () => {
  it('takes the answer whose candidates have the highest mean, however few they are', () => expect(chosen('vote-mean', 'A 0.9', 'A 0.5', 'B 0.8')).toBe(2));
  it('takes the mean over candidates with a score', () => expect(chosen('vote-mean', 'A 0.9', 'A', 'B 0.8')).toBe(0));
  it('takes of equal means the answer with the best single candidate', () => expect(chosen('vote-mean', 'A 0.5', 'B 0.25', 'B 0.75')).toBe(2));
});

describe('every chooser', () => {
  it('takes the only candidate there is, with and without a score', () => {
    for (const name of all) expect([chosen(name, 'A 0.3'), chosen(name, 'A')]).toEqual([0, 0]);
  });
  it('never chooses a candidate without an answer while another has one', () => {
    for (const name of all) expect(chosen(name, '- 1', '- 1', '- 1', 'A 0')).toBe(3);
    for (const name of all) expect(chosen(name, '- 1', 'A')).toBe(1);
  });
  it('gives -1 for a vote where nobody states an answer, and for no candidates', () => {
    for (const name of all) expect(chosen(name)).toBe(-1);
    for (const name of ['majority', 'vote-sum', 'vote-mean'] as const) expect(chosen(name, '- 1', '-')).toBe(-1);
  });
  it('lets a candidate without a score, or with one that is NaN, lose to every score, also to 0', () => {
    for (const name of scoring) {
      expect(chosen(name, 'A NaN', 'B 0')).toBe(1);
      expect(chosen(name, 'A', 'B 0')).toBe(1);
      expect(chosen(name, 'A', 'A 0')).toBe(1);
    }
  });
  it('takes the first answer where no candidate has a score', () => {
    for (const name of scoring) expect(chosen(name, 'B', 'A', 'A NaN')).toBe(0);
  });
  it('counts a candidate without a score as 0 in a sum: 0.5 + nothing loses to 0.6', () => expect(chosen('vote-sum', 'A 0.5', 'A', 'B 0.6')).toBe(2));
});

const candidate = fc.record({ answer: fc.constantFrom('A', 'B', 'C', undefined), values: fc.option(fc.array(fc.constantFrom(0, 0.1, 0.2, 0.25, 0.3, 0.5, 0.75, 1, NaN), { maxLength: 3 })) });
const candidates = fc.array(candidate, { maxLength: 10 });

describe('laws of the rules', () => {
  it('choose a member of the pool, one with an answer where one has it, without ever throwing', () => {
    fc.assert(fc.property(candidates, (some) => {
      for (const rule of decodingRules) {
        const index = choose(rule, some);
        expect(Number.isInteger(index) && index >= -1 && index < some.length).toBe(true);
        if (rule.choose !== 'greedy' && some.some(({ answer }) => answer !== undefined)) expect(some[index]!.answer).toBeDefined();
      }
    }));
  });
  it('choose among members alone: the same as from a pool of these', () => {
    fc.assert(fc.property(candidates, fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (some, taken) => {
      const members = Int32Array.from(some.flatMap((_, at) => (taken[at]! ? [at] : [])));
      const pool = poolOf(some), alone = [...members].map((at) => some[at]!);
      for (const rule of decodingRules) {
        const index = choose(rule, alone);
        expect(chooseIn(rule, pool, members)).toBe(index < 0 ? -1 : members[index]);
      }
    }));
  });
  it('give an answer of the same total and the same best candidate whatever the order, the spelling of answers aside', () => {
    const wins = (name: string, some: readonly PoolCandidate[]): readonly number[] => { // total and best score of the answer chosen
      const rule = ruleNamed(name), index = choose(rule, some);
      if (index < 0) return [];
      const pool = poolOf(some), scores = pool.scores[rule.reduce ?? 'last'];
      const members = some.flatMap((_, at) => (pool.answers[at] === pool.answers[index] ? [at] : []));
      const numbers = members.map((at) => scores[at]!).filter((score) => !Number.isNaN(score));
      const sum = numbers.reduce((total, score) => total + score, 0);
      return rule.choose === 'majority' ? [members.length] : [rule.choose === 'vote-sum' ? sum : rule.choose === 'vote-mean' ? sum / numbers.length : NaN, scores[index]!];
    };
    fc.assert(fc.property(candidates, fc.integer(), (some, seed) => {
      const turned = some.map((_, at) => some[(at + Math.abs(seed)) % some.length]!).toReversed().map(({ answer, values }) => ({ answer: answer === undefined ? answer : `option ${answer}`, values }));
      for (const { name, choose: chooser } of decodingRules) if (chooser !== 'greedy') expect(wins(name, turned)).toEqual(wins(name, some).map((number) => (Number.isNaN(number) ? NaN : expect.closeTo(number, 12))));
    }));
  });
  it('choose the first of the best candidates where all state the same answer; majority the first of all', () => {
    fc.assert(fc.property(fc.array(candidate.map((one) => ({ ...one, answer: 'A' })), { minLength: 1, maxLength: 6 }), (some) => {
      const pool = poolOf(some);
      for (const rule of decodingRules) {
        if (rule.reduce === undefined) { expect(choose(rule, some)).toBe(rule.choose === 'greedy' ? -1 : 0); continue; }
        const scores = [...pool.scores[rule.reduce]].map((score) => (Number.isNaN(score) ? -1 : score)), best = Math.max(...scores);
        expect(choose(rule, some)).toBe(scores.findIndex((score) => best - score <= 1e-12 * Math.abs(best)));
      }
    }));
  });
});
