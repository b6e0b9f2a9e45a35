// What a round of each method is (arXiv 2501.12051: meds3-v2 is the system of February 2025, meds3-v4 that of November 2025; seed-cpu is the one of the models that ship).

/** What decides the rounds of an evolution, besides sizes, seeds and who trains. */
export interface EvolutionRecipe {
  readonly name: string;
  readonly rounds: number;
  /** New questions that a round explores; null: all that the limit a set leaves. */
  readonly questionsARound: number | null;
  /** Questions that a round takes of each data set at most; null: no limit. */
  readonly limitPerSet: number | null;
  /** Search recipe of round 1, 2, …; the last one holds for all later rounds. */
  readonly search: readonly [string, ...string[]];
  /** Search recipe that words the questions of dev: for the base, and for a policy that was trained on bare questions. */
  readonly asking: readonly [base: string, trained: string];
  /** In these rounds the policy first tries each question, and only the hardest are searched. */
  readonly curriculumRounds: readonly number[];
  /** Configuration of tools/training, by name. */
  readonly training: string;
  /** Where SFT begins: the policy of the round before, or the base again. */
  readonly policyFrom: 'previous' | 'base';
  readonly policyRows: Rows;
  /** DPO follows SFT, on the preference pairs of the same rows. */
  readonly preference: boolean;
  /** The step scorer begins with the new policy's weights. */
  readonly scorerRows: Rows;
}

/** Data sets of a training: of this round alone, or of all rounds so far. */
export type Rows = 'round' | 'all';

/**
 * `seed-cpu`: light rounds for the models that ship. SFT goes on from the round before, on new right chains; the scorer is made from the new policy on the rows of all rounds (more data: +1.5 points in the study).
 * `meds3-v2`: one round, up to 500 questions of each seed set.
 * `meds3-v4`: a curriculum before round 1; round 2 explores with the policy of round 1 and trains the base again, on both rounds; the scorer learns from the file of its own round alone.
 */
export const evolutionRecipes: Readonly<Record<string, EvolutionRecipe>> = Object.freeze({
  'seed-cpu': { name: 'seed-cpu', rounds: 2, questionsARound: 800, limitPerSet: null, search: ['seed-cpu'], asking: ['seed-cpu', 'seed-cpu'], curriculumRounds: [], training: 'seed-cpu', policyFrom: 'previous', policyRows: 'round', preference: false, scorerRows: 'all' },
  'meds3-v2': { name: 'meds3-v2', rounds: 1, questionsARound: null, limitPerSet: 500, search: ['meds3-v2'], asking: ['meds3-v2', 'meds3-v4-round-2'], curriculumRounds: [], training: 'meds3-v2', policyFrom: 'previous', policyRows: 'all', preference: false, scorerRows: 'all' },
  'meds3-v4': { name: 'meds3-v4', rounds: 2, questionsARound: null, limitPerSet: 500, search: ['meds3-v4', 'meds3-v4-round-2'], asking: ['meds3-v4', 'meds3-v4-round-2'], curriculumRounds: [1], training: 'meds3-v4', policyFrom: 'base', policyRows: 'all', preference: true, scorerRows: 'round' },
});

/** The search recipe of a round, from 1. */
export const searchOfRound = ({ search }: EvolutionRecipe, round: number): string => search[Math.min(round, search.length) - 1]!;

/** Rounds whose data sets a training of this round reads, in order. */
export const roundsRead = (rows: Rows, round: number): readonly number[] => (rows === 'round' ? [round] : Array.from({ length: round }, (_, at) => at + 1));
