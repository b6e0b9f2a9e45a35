import { combinationsOf } from './combinations.ts';
import type { Kind } from './kind.ts';
import { kinds } from './kinds.ts';
import { writeProblem, type Problem } from './problem.ts';
import { pickOne, seedRandom } from './random.ts';
import { slipShare, workOut, writeUntilSensible, type Solution } from './solution.ts';

export interface WorkedProblem {
  readonly kind: Kind;
  readonly problem: Problem;
  readonly solution: Solution;
}

/** planted: as often as each cue says; none: every solution follows the right procedure, slips of arithmetic stay. */
export const misconceptionNames = ['planted', 'none'] as const;
export type Misconceptions = (typeof misconceptionNames)[number];

/**
 * Problems with solutions for pretraining, one after another without end. Kinds and cues are equally frequent; only combinations of the corpus' own part.
 * With `none` a seed gives the same questions in the same order, and the same solutions wherever the planted corpus has the right procedure: the two differ in the misconceptions alone.
 */
export function* workedProblems(seed: string, misconceptions: Misconceptions = 'planted'): Generator<WorkedProblem> {
  const random = seedRandom(`dosage corpus ${seed}`);
  const other = seedRandom(`dosage corpus ${seed} without misconceptions`); // its own source: draws of a solution that is written anew must not move the questions behind it
  const pools = kinds.map((kind) => combinationsOf(kind).filter(({ part }) => part === 'corpus'));
  for (;;) {
    const combination = pickOne(pickOne(pools, random), random);
    const problem = writeProblem(combination, pickOne(combination.kind.cues, random), random);
    const solution = workOut(problem, random);
    yield { kind: combination.kind, problem, solution: misconceptions === 'none' && solution.procedure === 'wrong' ? writeUntilSensible(problem, 'right', other, slipShare) : solution };
  }
}

/** The line of a corpus file. */
export const corpusLine = ({ kind, problem, solution }: WorkedProblem): string =>
  `${JSON.stringify({ question: problem.question, solution: solution.text, kind: kind.name, right: solution.right })}\n`;
