import { budgeted, estimateStep, overBudget, spentBy, stepsOfRound, type Known, type Step } from '@slowthink/evolution';
import type { Evolution } from './evolution.ts';
import type { Done } from './work.ts';

/** Why a step, or the round that it begins, is not begun; undefined: it may be. */
export function whyNotBegun(step: Step, evolution: Evolution, done: Done): string | undefined {
  const { values, recipe, sizes } = evolution;
  const ended = [...done.values()];
  const steps = step.name === 'questions' ? stepsOfRound(recipe, step.round) : [step];
  const costs = steps.map((one) => budgeted(one, estimateStep(one, recipe, sizes, ended, knownOf(evolution))));
  const sum = (of: 'minutes' | 'tokens'): number | null => (costs.some((cost) => cost[of] === null) ? null : costs.reduce((total, cost) => total + cost[of]!, 0));
  return overBudget({ minutes: values['evolve.maxMinutes'], tokens: values['models.budgetTokens'] }, spentBy(ended), { requests: null, tokens: sum('tokens'), minutes: sum('minutes') });
}

/** What is known of the costs of these models and this search before a step has ended. */
export function knownOf({ values, recipe }: Pick<Evolution, 'values' | 'recipe'>): Known {
  if (values.preset !== 'paper' || Object.entries(values).some(([key, value]) => key.startsWith('search.') && value !== null)) return 'nothing';
  return values.policy === 'seed' && recipe.name === 'seed-cpu' ? 'costs' : 'requests';
}
