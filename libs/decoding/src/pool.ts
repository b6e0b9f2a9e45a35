import { reduceValues, reducerNames, type ReducerName } from './reducers.ts';

/** What a decoding rule may see of a candidate. Never whether it is right. */
export interface PoolCandidate {
  /** The normalised answer, under which equal answers meet ("B" and "B. Nitroglycerin" are one); undefined: it states none. */
  readonly answer: string | undefined;
  /** One a step, Step 0 left out; null: not scored. */
  readonly values: readonly number[] | null;
}

/** The candidates of one item as columns. */
export interface Pool {
  readonly size: number;
  /** Number of the answer, counted by first appearance; -1: none. */
  readonly answers: Int32Array;
  /** Distinct answers. */
  readonly answerCount: number;
  /** One score a candidate and reducer; NaN: none. */
  readonly scores: { readonly [Name in ReducerName]: Float64Array };
}

export function poolOf(candidates: readonly PoolCandidate[]): Pool {
  const numbers = new Map<string, number>();
  const answers = Int32Array.from(candidates, ({ answer }) => {
    if (answer === undefined) return -1;
    const known = numbers.get(answer);
    if (known !== undefined) return known;
    numbers.set(answer, numbers.size);
    return numbers.size - 1;
  });
  const scores = Object.fromEntries(reducerNames.map((name) => [name, Float64Array.from(candidates, ({ values }) => reduceValues(name, values))])) as { [Name in ReducerName]: Float64Array };
  return { size: candidates.length, answers, answerCount: numbers.size, scores };
}

/** All candidates of a pool, as `choose` takes them. */
export const everyMember = (pool: Pool): Int32Array => Int32Array.from({ length: pool.size }, (_, index) => index);
