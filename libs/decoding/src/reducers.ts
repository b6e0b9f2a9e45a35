// How the values of the steps of a candidate become its one score. Step 0 has no value; steps are 1..m.

export type ReducerName = 'last' | 'min' | 'mean' | 'product' | 'geometric-mean' | 'max';

/** Each takes at least one value, all of them numbers of 0..1. */
export const reducers: { readonly [Name in ReducerName]: (values: readonly number[]) => number } = {
  last: (values) => values.at(-1)!,
  min: (values) => values.reduce((least, value) => Math.min(least, value)),
  mean: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  product: (values) => values.reduce((product, value) => product * value, 1),
  'geometric-mean': (values) => Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length), // (prod v)^(1/m); 0 where a value is 0
  max: (values) => values.reduce((most, value) => Math.max(most, value)),
};

export const reducerNames = Object.keys(reducers) as readonly ReducerName[];

/** The score of a candidate; NaN for one without values, or with a value that is no number: it has no score, and loses to every one that has. */
export function reduceValues(reduce: ReducerName, values: readonly number[] | null): number {
  return values === null || values.length === 0 || values.some((value) => Number.isNaN(value)) ? NaN : reducers[reduce](values);
}
