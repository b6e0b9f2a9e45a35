import { budgeted, estimateStep, overBudget, spentBy, stepsOfRound, type Step } from '@slowthink/evolution';
import type { Evolution } from './evolution.ts';
import type { Done } from './work.ts';

/** Why a step, or the round that it begins, is not begun; undefined: it may be. */
export function whyNotBegun(step: Step, evolution: Evolution, done: Done): string | undefined {
  const { values, recipe, sizes } = evolution;
  const ended = [...done.values()];
  const steps = step.name === 'questions' ? stepsOfRound(recipe, step.round) : [step];
  const costs = steps.map((one) => budgeted(one, estimateStep(one, recipe, sizes, ended, hasMeasuredModels(evolution))));
  const sum = (of: 'minutes' | 'tokens'): number | null => (costs.some((cost) => cost[of] === null) ? null : costs.reduce((total, cost) => total + cost[of]!, 0));
  return overBudget({ minutes: values['evolve.maxMinutes'], tokens: values['models.budgetTokens'] }, spentBy(ended), { requests: null, tokens: sum('tokens'), minutes: sum('minutes') });
}

/** Whether costs were measured for these models and this recipe. */
export const hasMeasuredModels = ({ values, recipe }: Pick<Evolution, 'values' | 'recipe'>): boolean => values.policy === 'seed' && recipe.name === 'seed-cpu' && values.preset === 'paper';
