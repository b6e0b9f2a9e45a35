// Sums as the steps write them: "18 × 25 = 450"; "605 / 8 ≈ 75.6" where the result is rounded.

/** What a step shows and what the next one goes on with. */
export interface Sum {
  readonly value: number;
  readonly text: string;
}

export interface Arithmetic {
  readonly times: (left: number, right: number) => Sum;
  readonly over: (left: number, right: number) => Sum;
  readonly plus: (...terms: readonly number[]) => Sum;
  readonly minus: (left: number, right: number) => Sum;
}

/** The number without float noise: nothing here has more than six true decimals. */
export const trueValue = (value: number): number => Number(value.toFixed(6));

export const decimalsOf = (value: number): number => String(trueValue(value)).split('.')[1]?.length ?? 0;

/** At most two decimals as they are; what has more is rounded to one, below 1 to two. */
export function writtenValue(value: number): number {
  const exact = trueValue(value);
  return decimalsOf(exact) <= 2 ? exact : Number(exact.toFixed(Math.abs(exact) < 1 ? 2 : 1));
}

/** Arithmetic whose every result goes through `slip` before it is written and carried on. */
export function arithmeticWith(slip: (value: number) => number): Arithmetic {
  const sum = (terms: readonly number[], sign: string, result: number): Sum => {
    const written = writtenValue(result);
    const value = slip(written);
    return { value, text: `${terms.map(String).join(` ${sign} `)} ${written === trueValue(result) ? '=' : '≈'} ${value}` };
  };
  return {
    times: (left, right) => sum([left, right], '×', left * right),
    over: (left, right) => sum([left, right], '/', left / right),
    plus: (...terms) => sum(terms, '+', terms.reduce((total, term) => total + term, 0)),
    minus: (left, right) => sum([left, right], '-', left - right),
  };
}

/** Without slips. */
export const exactArithmetic: Arithmetic = arithmeticWith((value) => value);
