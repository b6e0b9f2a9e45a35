// The rounds of an evolution as data: what is done, what comes next, what it may cost, what is kept. No I/O.
export { evolutionRecipes, roundsRead, searchOfRound, type EvolutionRecipe, type Rows } from './evolution-recipe.ts';
export { stepNames, stepsOf, stepsOfRound, type Step, type StepName } from './steps.ts';
export type { BegunRecord, DoneRecord, Effort, Hashes } from './records.ts';
export { findMixed, nextStep, type Mixed, type StepRecords } from './next-step.ts';
export { drawQuestions, type DrawRule } from './draw-questions.ts';
export { bestRound, isStalled, type Measured } from './keep.ts';
export { addCosts, estimateStep, questionsSearched, unitsOf, type Cost, type Known, type Sizes } from './estimate.ts';
export { budgeted, overBudget, spentBy, type Budget, type Spent } from './budget.ts';
export type { EvolutionReport, Gain, Kept, RoundReport, Share } from './evolution-report.ts';
