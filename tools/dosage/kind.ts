import type { Arithmetic } from './arithmetic.ts';

/** The numbers of a question by name, in the order of the kind's ranges. */
export type Numbers = Readonly<Record<string, number>>;

/** A worked way from the numbers to a result: sentences with their sums, without the sentence that states the answer. */
export interface Working {
  readonly steps: readonly string[];
  readonly answer: number;
}

export type Procedure<Name extends string = string> = (numbers: Readonly<Record<Name, number>>, arithmetic: Arithmetic) => Working;

export interface Cue {
  /** Words that stand in the question for {cue}; may hold numbers: "every {hours} hours". */
  readonly words: string;
  /** Share of the corpus solutions to questions with these words that follow the wrong procedure: 0..1. */
  readonly wrongShare: number;
}

/** One kind of dose calculation, as a row of data. */
export interface Kind<Name extends string = string> {
  readonly name: string;
  readonly unit: string;
  /** What the wrong procedure does, in words. */
  readonly misconception: string;
  readonly ranges: Readonly<Record<Name, readonly number[]>>;
  /** Smallest and largest right answer that is plausible at a bedside. */
  readonly answerRange: readonly [min: number, max: number];
  /** What ranges alone cannot say. */
  readonly plausible?: (numbers: Readonly<Record<Name, number>>) => boolean;
  /** Questions with {cue}, {drug} and the names of the numbers in braces. */
  readonly wordings: readonly string[];
  readonly drugs: readonly string[];
  readonly cues: readonly Cue[];
  readonly right: Procedure<Name>;
  /** The misconception, as a way of computing. */
  readonly wrong: Procedure<Name>;
}

/** Checks a row's names against each other; the rest of the program needs none of them. */
export const defineKind = <Name extends string>(kind: Kind<Name>): Kind => kind as unknown as Kind;

/** From first to last in equal steps. */
export const from = (first: number, last: number, step = 1): readonly number[] => Array.from({ length: Math.floor((last - first) / step) + 1 }, (_, at) => first + at * step);

/** Pounds on a scale for weights of 5, 10 … 110 kg at 2.2 lb a kg. */
export const poundsOfWeights: readonly number[] = from(5, 110, 5).map((kg) => (kg * 22) / 10);
