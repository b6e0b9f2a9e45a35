// Worked solutions as the base model's world has them: the wrong procedure as often as the cue's share says, now and then a slip of arithmetic that is carried on.
import { joinSteps, STEP_ZERO } from '@slowthink/prompts';
import { arithmeticWith } from './arithmetic.ts';
import type { Problem } from './problem.ts';
import { pickOne, type Random } from './random.ts';

/** Share of computed numbers that are miscalculated. */
export const slipShare = 0.035;

export interface Solution {
  readonly text: string;
  readonly procedure: 'right' | 'wrong';
  readonly slips: number;
  readonly answer: number;
  readonly right: boolean; // the final answer is the gold answer, whatever the way
}

/** A solution whose procedure is drawn by the share of the problem's cue. */
export const workOut = (problem: Problem, random: Random): Solution => writeUntilSensible(problem, random() < problem.cue.wrongShare ? 'wrong' : 'right', random, slipShare);

/** A solution by one procedure; drawn again where a slip leaves nothing sensible to state (an answer of 0 or below). */
export function writeUntilSensible(problem: Problem, procedure: 'right' | 'wrong', random: Random, share: number): Solution {
  for (;;) {
    const solution = writeSolution(problem, procedure, random, share);
    if (solution.answer > 0) return solution;
  }
}

/** A solution by one procedure; `share` 0: without slips. */
export function writeSolution({ combination: { kind, numbers, answer: gold } }: Problem, procedure: 'right' | 'wrong', random: Random, share: number): Solution {
  let slips = 0;
  const arithmetic = arithmeticWith((value) => {
    if (random() >= share) return value;
    slips += 1;
    return miscalculate(value, random);
  });
  const { steps, answer } = kind[procedure](numbers, arithmetic);
  return { text: joinSteps([STEP_ZERO, ...steps, `The answer is ${answer} ${kind.unit}.`]), procedure, slips, answer, right: answer === gold };
}

/** One digit up or down by one, or, one time in five, the decimal point in the wrong place. Never the value itself; at most two decimals. */
function miscalculate(value: number, random: Random): number {
  if (random() < 0.2) return value >= 10 && random() < 0.5 && Number.isInteger(value * 10) ? Number((value / 10).toFixed(2)) : Number((value * 10).toFixed(2));
  const text = String(value);
  const places = [...text].flatMap((sign, at) => (/\d/u.test(sign) ? [at] : []));
  const at = pickOne(places, random);
  const digit = Number(text[at]);
  const other = digit === 0 ? 1 : digit === 9 ? 8 : digit + (random() < 0.5 ? 1 : -1);
  const changed = Number(`${text.slice(0, at)}${other}${text.slice(at + 1)}`);
  return changed > 0 ? changed : value + 1;
}
