// All number combinations of a kind that make a good question, and the part of the whole that each belongs to.
//   A combination belongs to one part by a hash of the kind's name and its numbers. Wording, drug and cue have no say in it,
//   so no two of test, dev, train and corpus can share one.
import { decimalsOf, exactArithmetic, trueValue } from './arithmetic.ts';
import type { Kind, Numbers } from './kind.ts';
import { hashText } from './random.ts';

export const parts = ['train', 'dev', 'test', 'corpus'] as const;
export type Part = (typeof parts)[number];

/** One combination of numbers of a kind, with both results. */
export interface Combination {
  readonly kind: Kind;
  readonly numbers: Numbers;
  readonly answer: number; // right, exact
  readonly part: Part;
}

/** Upper ends on [0, 1): of 100 combinations 8 are for test, 8 for dev, 24 for train, the rest for the corpus. */
const ends: readonly (readonly [part: Part, end: number])[] = [['test', 0.08], ['dev', 0.16], ['train', 0.4], ['corpus', 1]];

export function partOf(kind: string, numbers: readonly number[]): Part {
  const place = hashText(`${kind}: ${numbers.join(' ')}`) / 2 ** 32;
  return ends.find(([, end]) => place < end)![0];
}

/** Sorted by the ranges, the first number slowest. Right answers have at most one decimal, no number of either way more than two; the two ways end in different answers. */
export function combinationsOf(kind: Kind): readonly Combination[] {
  const names = Object.keys(kind.ranges);
  const all = names.reduce<readonly Numbers[]>((some, name) => some.flatMap((numbers) => kind.ranges[name]!.map((value) => ({ ...numbers, [name]: value }))), [{}]);
  return all.flatMap((numbers) => {
    if (kind.plausible?.(numbers) === false) return [];
    const right = kind.right(numbers, exactArithmetic);
    const wrong = kind.wrong(numbers, exactArithmetic);
    const answer = trueValue(right.answer);
    const good = answer >= kind.answerRange[0] && answer <= kind.answerRange[1] && decimalsOf(answer) <= 1 && wrong.answer !== answer && wrong.answer >= 0.1
      && ![...right.steps, ...wrong.steps].some((step) => step.includes('≈'));
    return good ? [{ kind, numbers, answer, part: partOf(kind.name, Object.values(numbers)) }] : [];
  });
}
