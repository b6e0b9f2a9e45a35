import { pickOne, type Random } from './random.ts';
import type { Combination } from './combinations.ts';
import type { Cue, Numbers } from './kind.ts';

export interface Problem {
  readonly combination: Combination;
  readonly cue: Cue;
  readonly question: string;
}

/** Puts cue, drug and numbers into a wording. A cue may hold numbers itself; a sentence that begins with a drug begins with a capital. */
export function writeQuestion(wording: string, cue: Cue, drug: string, numbers: Numbers): string {
  const filled = wording.replaceAll('{cue}', cue.words).replaceAll('{drug}', drug).replace(/\{(\w+)\}/gu, (_, name: string) => String(numbers[name]!));
  return filled.replace(/(?<=^|[.?] )[a-z]/gu, (letter) => letter.toUpperCase());
}

/** A question of these numbers and this cue, wording and drug at random. */
export function writeProblem(combination: Combination, cue: Cue, random: Random): Problem {
  const { kind, numbers } = combination;
  return { combination, cue, question: writeQuestion(pickOne(kind.wordings, random), cue, pickOne(kind.drugs, random), numbers) };
}
