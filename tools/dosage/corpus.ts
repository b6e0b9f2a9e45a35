import { combinationsOf } from './combinations.ts';
import type { Kind } from './kind.ts';
import { kinds } from './kinds.ts';
import { writeProblem, type Problem } from './problem.ts';
import { pickOne, seedRandom } from './random.ts';
import { workOut, type Solution } from './solution.ts';

export interface WorkedProblem {
  readonly kind: Kind;
  readonly problem: Problem;
  readonly solution: Solution;
}

/** Problems with solutions for pretraining, one after another without end. Kinds and cues are equally frequent; only combinations of the corpus' own part. */
export function* workedProblems(seed: string): Generator<WorkedProblem> {
  const random = seedRandom(`dosage corpus ${seed}`);
  const pools = kinds.map((kind) => combinationsOf(kind).filter(({ part }) => part === 'corpus'));
  for (;;) {
    const combination = pickOne(pickOne(pools, random), random);
    const problem = writeProblem(combination, pickOne(combination.kind.cues, random), random);
    yield { kind: combination.kind, problem, solution: workOut(problem, random) };
  }
}

/** The line of a corpus file. */
export const corpusLine = ({ kind, problem, solution }: WorkedProblem): string =>
  `${JSON.stringify({ question: problem.question, solution: solution.text, kind: kind.name, right: solution.right })}\n`;
