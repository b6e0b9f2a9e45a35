// What a step will cost: what it takes whatever its size, and units x what one unit cost before. A unit is a question of a run, a curriculum or a training, and a candidate of an item on dev.
import { roundsRead, type EvolutionRecipe } from './evolution-recipe.ts';
import type { DoneRecord } from './records.ts';
import type { Step, StepName } from './steps.ts';

/** null: nothing is known yet. */
export interface Cost { readonly requests: number | null; readonly tokens: number | null; readonly minutes: number | null }

interface UnitCost { readonly requests: number; readonly tokens: number; readonly seconds: number; readonly fixedSeconds: number /* to start, to load, to export */ }

/** Sizes of an evolution. */
export interface Sizes {
  readonly questions: (round: number) => number; // of a round
  readonly devItems: number;
  readonly samples: number; // candidates of a dev item
}

/**
 * Measured with the models that ship and the recipe seed-cpu on two idle cores: a searched question is 47.6 requests, 124 samples, 4,570 prompt and 3,400 generated tokens; 600 items x 16 candidates take 2.5 minutes;
 * a policy of 800 questions is trained in 20 s, a scorer in 2 minutes, besides loading and export. Other models have no numbers until a step of their own has ended.
 */
const measured: { readonly [Name in StepName]: UnitCost } = {
  questions: { requests: 0, tokens: 0, seconds: 0, fixedSeconds: 0 },
  curriculum: { requests: 1, tokens: 510, seconds: 0.13, fixedSeconds: 4 },
  run: { requests: 47.6, tokens: 7970, seconds: 0.58, fixedSeconds: 4 },
  sft: { requests: 0, tokens: 900, seconds: 0.025, fixedSeconds: 20 },
  dpo: { requests: 0, tokens: 900, seconds: 0.05, fixedSeconds: 20 },
  prm: { requests: 0, tokens: 2500, seconds: 0.15, fixedSeconds: 20 },
  dev: { requests: 2 / 16, tokens: 65, seconds: 150 / (600 * 16), fixedSeconds: 4 },
};

/** What the step is about. */
export function unitsOf({ name, round }: Step, recipe: EvolutionRecipe, { questions, devItems, samples }: Sizes): number {
  if (name === 'dev') return devItems * samples;
  if (name === 'run' || name === 'curriculum' || name === 'questions') return questions(round);
  return roundsRead(name === 'prm' ? recipe.scorerRows : recipe.policyRows, round).reduce((sum, one) => sum + questions(one), 0);
}

/** By the last step of that name that has ended here; else, `knownModels`, by what was measured with the models that ship. */
export function estimateStep(step: Step, recipe: EvolutionRecipe, sizes: Sizes, done: readonly DoneRecord[], knownModels: boolean): Cost {
  const units = unitsOf(step, recipe, sizes);
  const last = done.findLast(({ step: id, units: of, skipped }) => id.endsWith(`-${step.name}`) && of > 0 && skipped === null);
  const plain = measured[step.name];
  if (last === undefined && !knownModels && step.name !== 'questions') return { requests: null, tokens: null, minutes: null };
  const unit: UnitCost = last === undefined ? plain : { requests: last.requests / last.units, tokens: last.tokens / last.units, seconds: Math.max(0, last.seconds - plain.fixedSeconds) / last.units, fixedSeconds: Math.min(last.seconds, plain.fixedSeconds) };
  return { requests: Math.round(units * unit.requests), tokens: Math.round(units * unit.tokens), minutes: (unit.fixedSeconds + units * unit.seconds) / 60 };
}

/** Sums; what is not known makes the sum unknown. */
export const addCosts = (costs: readonly Cost[]): Cost => {
  const sum = (of: (cost: Cost) => number | null): number | null => costs.reduce<number | null>((total, cost) => { const one = of(cost); return total === null || one === null ? null : total + one; }, 0);
  return { requests: sum(({ requests }) => requests), tokens: sum(({ tokens }) => tokens), minutes: sum(({ minutes }) => minutes) };
};
