// What a step will cost: what it takes whatever its size, and units x what one unit cost before. A unit is a question of a run, a curriculum or a training, and a candidate of an item on dev.
import { roundsRead, type EvolutionRecipe } from './evolution-recipe.ts';
import type { DoneRecord } from './records.ts';
import type { Step, StepName } from './steps.ts';

/** null: nothing is known yet. */
export interface Cost { readonly requests: number | null; readonly tokens: number | null; readonly minutes: number | null }

interface UnitCost { readonly tokens: number; readonly seconds: number; readonly fixedSeconds: number /* to start, to load, to export */ }

/** Sizes of an evolution. */
export interface Sizes {
  readonly questions: (round: number) => number; // of a round
  readonly devItems: number;
  readonly samples: number; // candidates of a dev item
}

/**
 * Measured with the models that ship and the recipe seed-cpu on two idle cores: a searched question is 124 samples, 4,570 prompt and 3,400 generated tokens; 600 items x 16 candidates take 2.5 minutes;
 * a policy of 800 questions is trained in 20 s, a scorer in 2 minutes, besides loading and export. Other models have no tokens and minutes until a step of their own has ended.
 */
const measured: { readonly [Name in StepName]: UnitCost } = {
  questions: { tokens: 0, seconds: 0, fixedSeconds: 0 },
  curriculum: { tokens: 510, seconds: 0.13, fixedSeconds: 4 },
  run: { tokens: 7970, seconds: 0.58, fixedSeconds: 4 },
  sft: { tokens: 900, seconds: 0.025, fixedSeconds: 20 },
  dpo: { tokens: 900, seconds: 0.05, fixedSeconds: 20 },
  prm: { tokens: 2500, seconds: 0.15, fixedSeconds: 20 },
  dev: { tokens: 65, seconds: 150 / (600 * 16), fixedSeconds: 4 },
};

/** What the step is about. */
export function unitsOf({ name, round }: Step, recipe: EvolutionRecipe, { questions, devItems, samples }: Sizes): number {
  if (name === 'dev') return devItems * samples;
  if (name === 'run' || name === 'curriculum' || name === 'questions') return questions(round);
  return roundsRead(name === 'prm' ? recipe.scorerRows : recipe.policyRows, round).reduce((sum, one) => sum + questions(one), 0);
}

/** By the last step of that name that has ended here; else, `knownModels`, by what was measured with the models that ship, and else requests alone. */
export function estimateStep(step: Step, recipe: EvolutionRecipe, sizes: Sizes, done: readonly DoneRecord[], knownModels: boolean): Cost {
  const units = unitsOf(step, recipe, sizes);
  const last = done.findLast(({ step: id, units: of, skipped }) => id.endsWith(`-${step.name}`) && of > 0 && skipped === null);
  const plain = measured[step.name];
  const requests = last === undefined ? plannedRequests(step, recipe, sizes) : Math.round((units * last.requests) / last.units);
  if (last === undefined && !knownModels && step.name !== 'questions') return { requests, tokens: null, minutes: null };
  const unit = last === undefined ? plain : { tokens: last.tokens / last.units, seconds: Math.max(0, last.seconds - plain.fixedSeconds) / last.units, fixedSeconds: Math.min(last.seconds, plain.fixedSeconds) };
  return { requests, tokens: Math.round(units * unit.tokens), minutes: (unit.fixedSeconds + units * unit.seconds) / 60 };
}

/** Requests follow from the recipe, whatever the model: about 105 a question in the searches of the paper, measured with answers at random (docs/paper-map.md), 47.6 in seed-cpu; one a question before it; two an item of dev, one of them greedy. */
function plannedRequests({ name, round }: Step, { search }: EvolutionRecipe, { questions, devItems }: Sizes): number {
  switch (name) {
    case 'run': return Math.round(questions(round) * (search[0] === 'seed-cpu' ? 47.6 : 105));
    case 'curriculum': return questions(round);
    case 'dev': return 2 * devItems;
    case 'questions': case 'sft': case 'dpo': case 'prm': return 0;
  }
}

/** Sums; what is not known makes the sum unknown. */
export const addCosts = (costs: readonly Cost[]): Cost => {
  const sum = (of: (cost: Cost) => number | null): number | null => costs.reduce<number | null>((total, cost) => { const one = of(cost); return total === null || one === null ? null : total + one; }, 0);
  return { requests: sum(({ requests }) => requests), tokens: sum(({ tokens }) => tokens), minutes: sum(({ minutes }) => minutes) };
};
