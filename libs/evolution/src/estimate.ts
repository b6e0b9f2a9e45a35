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

/** What is known of a step before one of its name has ended: what it costs with the models that ship; how often a search of the paper's size asks, whatever the model; or nothing, of a search of another size. */
export type Known = 'costs' | 'requests' | 'nothing';

/** Questions that a round searches: of those that it draws, or of what a curriculum leaves of them. That is half at most, and fewer where the policy is always right. */
export const questionsSearched = ({ curriculumRounds }: EvolutionRecipe, { questions }: Pick<Sizes, 'questions'>, round: number): number => (curriculumRounds.includes(round) ? Math.ceil(questions(round) / 2) : questions(round));

/** What the step is about. */
export function unitsOf({ name, round }: Step, recipe: EvolutionRecipe, sizes: Sizes): number {
  if (name === 'dev') return sizes.devItems * sizes.samples;
  if (name === 'curriculum' || name === 'questions') return sizes.questions(round);
  return (name === 'run' ? [round] : roundsRead(name === 'prm' ? recipe.scorerRows : recipe.policyRows, round)).reduce((sum, one) => sum + questionsSearched(recipe, sizes, one), 0);
}

/** By the last step of that name that has ended here; else by what is known. */
export function estimateStep(step: Step, recipe: EvolutionRecipe, sizes: Sizes, done: readonly DoneRecord[], known: Known): Cost {
  const units = unitsOf(step, recipe, sizes);
  const last = done.findLast(({ step: id, units: of, skipped }) => id.endsWith(`-${step.name}`) && of > 0 && skipped === null);
  const plain = measured[step.name];
  const requests = last === undefined ? plannedRequests(step, recipe, sizes, known) : Math.round((units * last.requests) / last.units);
  if (last === undefined && known !== 'costs' && step.name !== 'questions') return { requests, tokens: null, minutes: null };
  const unit = last === undefined ? plain : { tokens: last.tokens / last.units, seconds: Math.max(0, last.seconds - plain.fixedSeconds) / last.units, fixedSeconds: Math.min(last.seconds, plain.fixedSeconds) };
  return { requests, tokens: Math.round(units * unit.tokens), minutes: (unit.fixedSeconds + units * unit.seconds) / 60 };
}

/** Requests follow from the recipe, whatever the model, where the search has the paper's size: about 105 a question in the searches of the paper, measured with answers at random (docs/paper-map.md), 47.6 in seed-cpu; one a question before it; two an item of dev, one of them greedy. */
function plannedRequests({ name, round }: Step, recipe: EvolutionRecipe, sizes: Sizes, known: Known): number | null {
  switch (name) {
    case 'run': return known === 'nothing' ? null : Math.round(questionsSearched(recipe, sizes, round) * (recipe.search[0] === 'seed-cpu' ? 47.6 : 105));
    case 'curriculum': return sizes.questions(round);
    case 'dev': return 2 * sizes.devItems;
    case 'questions': case 'sft': case 'dpo': case 'prm': return 0;
  }
}

/** Sums; what is not known makes the sum unknown. */
export const addCosts = (costs: readonly Cost[]): Cost => {
  const sum = (of: (cost: Cost) => number | null): number | null => costs.reduce<number | null>((total, cost) => { const one = of(cost); return total === null || one === null ? null : total + one; }, 0);
  return { requests: sum(({ requests }) => requests), tokens: sum(({ tokens }) => tokens), minutes: sum(({ minutes }) => minutes) };
};
