import { describe, expect, it } from 'vitest';
import { budgeted, overBudget, spentBy } from './budget.ts';
import { addCosts, estimateStep, unitsOf } from './estimate.ts';
import { evolutionRecipes } from './evolution-recipe.ts';
import type { DoneRecord } from './records.ts';
import { stepsOf } from './steps.ts';

const recipe = evolutionRecipes['seed-cpu']!, sizes = { questions: () => 800, devItems: 600, samples: 16 };
const steps = stepsOf(recipe, 2);
const step = (id: string) => steps.find((one) => one.id === id)!;
const done = (id: string, seconds: number, tokens = 0): DoneRecord => ({ v: 1, step: id, made: {}, seconds, requests: 10, tokens, units: unitsOf(step(id), recipe, sizes), skipped: null, facts: {} });

describe('estimates', () => {
  it('are what was measured with the models that ship: 800 questions are 38,080 requests, 6.4 M tokens and 7.7 minutes; dev takes 2.5, and 4 s to start', () => {
    expect(estimateStep(step('1-run'), recipe, sizes, [], 'costs')).toEqual({ requests: 38_080, tokens: 6_376_000, minutes: expect.closeTo(7.8, 2) });
    expect(estimateStep(step('0-dev'), recipe, sizes, [], 'costs').minutes).toBeCloseTo(2.5 + 4 / 60, 6);
    expect(addCosts(steps.map((one) => estimateStep(one, recipe, sizes, [], 'costs'))).minutes).toBeLessThan(40);
  });

  it('know of other models how often they are asked, and no more until a step of theirs has ended; then they go by it', () => {
    expect(estimateStep(step('1-run'), recipe, sizes, [], 'requests')).toEqual({ requests: 38_080, tokens: null, minutes: null });
    expect(stepsOf(evolutionRecipes['meds3-v4']!, 1).map((one) => estimateStep(one, evolutionRecipes['meds3-v4']!, { questions: () => 8000, devItems: 500, samples: 32 }, [], 'requests').requests)).toEqual([1000, 0, 8000, 420_000, 0, 0, 0, 1000]);
    expect(addCosts(steps.map((one) => estimateStep(one, recipe, sizes, [], 'requests'))).minutes).toBeNull();
    expect(steps.map((one) => estimateStep(one, recipe, sizes, [], 'nothing').requests)).toEqual(steps.map(({ name }) => (name === 'run' ? null : name === 'dev' ? 1200 : 0))); // a search of another size
    expect(estimateStep(step('2-run'), recipe, sizes, [done('1-run', 1200, 8000)], 'costs')).toEqual({ requests: 10, tokens: 8000, minutes: 20 });
    expect(estimateStep(step('2-prm'), recipe, sizes, [done('1-prm', 80)], 'costs').minutes).toBeCloseTo(2 + 20 / 60, 6); // of the rows of two rounds, loaded and exported once
  });
});

describe('a budget', () => {
  it('counts the time of every step, and the tokens of those that generate', () => {
    const spent = spentBy([done('0-dev', 150, 1000), done('1-run', 450, 2000), done('1-sft', 60, 500_000)]);
    expect(spent).toEqual({ minutes: 11, tokens: 3000 });
    expect(overBudget({ minutes: 20, tokens: 4000 }, spent, { requests: 0, tokens: 900, minutes: 8.9 })).toBeUndefined();
    expect(overBudget({ minutes: 20, tokens: null }, spent, { requests: 0, tokens: 0, minutes: 9.1 })).toBe('11 of 20 minutes are used, and it would take about 9.1 more');
    expect(overBudget({ minutes: null, tokens: 4000 }, spent, { requests: 0, tokens: 1001, minutes: 0 })).toBe('3000 of 4000 tokens are used, and it would take about 1001 more');
    expect(budgeted(step('1-sft'), { requests: 0, tokens: 500_000, minutes: 1 }).tokens).toBe(0);
  });

  it('is not passed by what nobody can estimate unless it is used up', () => {
    const unknown = { requests: null, tokens: null, minutes: null };
    expect([overBudget({ minutes: 20, tokens: null }, { minutes: 19, tokens: 0 }, unknown), overBudget({ minutes: 20, tokens: null }, { minutes: 21, tokens: 0 }, unknown)]).toEqual([undefined, '21 of 20 minutes are used']);
  });
});
