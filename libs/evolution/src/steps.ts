import type { EvolutionRecipe } from './evolution-recipe.ts';

export const stepNames = ['questions', 'curriculum', 'run', 'sft', 'dpo', 'prm', 'dev'] as const;
export type StepName = (typeof stepNames)[number];

/** One thing that a round does, whole or not at all. */
export interface Step {
  readonly id: string; // "1-run"; unique in an evolution, and the name of its records
  readonly round: number; // 0: the base, which is only measured
  readonly name: StepName;
}

const step = (round: number, name: StepName): Step => ({ id: `${round}-${name}`, round, name });

/** The steps of one round in their order: questions are drawn, searched and sealed; policy and scorer are trained; both are measured on dev. */
export function stepsOfRound(recipe: EvolutionRecipe, round: number): readonly Step[] {
  if (round === 0) return [step(0, 'dev')];
  const names: readonly StepName[] = ['questions', ...(recipe.curriculumRounds.includes(round) ? ['curriculum' as const] : []), 'run', 'sft', ...(recipe.preference ? ['dpo' as const] : []), 'prm', 'dev'];
  return names.map((name) => step(round, name));
}

/** All steps of an evolution, in the order in which they are done: each needs nothing but what stands before it. */
export const stepsOf = (recipe: EvolutionRecipe, rounds: number): readonly Step[] => Array.from({ length: rounds + 1 }, (_, round) => stepsOfRound(recipe, round)).flat();
