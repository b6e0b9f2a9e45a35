/** Differences of values that are smaller are rounding: .1 - (.3 - .2) is 2.8e-17 in floating point and 0 on paper. */
export const noise = 1e-9;

/**
 * The look-back values x_1 … x_m of a chain with the values v_1 … v_m (arXiv 2501.12051 v4, dual-sided labels): a step that lost value is punished for what the step behind it lost too.
 *
 *   x_k = v_k - beta max(0, v_{k-1} - v_{k+1})   if v_k < v_{k-1}
 *   x_k = v_k                                    otherwise, for k = 1 (never compared with the root), and for k = m (nothing behind it)
 *
 * Every v is an original value: computed in place, a punished v_{k-1} would make the fall of step k look like a rise. max(0, …): a recovery behind a step is no reward for it.
 * A fall that is only rounding is none. The result is 0 where |x_k| is rounding, at most v_k, and may be below 0.
 */
export function lookBack(values: readonly number[], beta: number): readonly number[] {
  return values.map((value, at) => {
    const before = values[at - 1];
    const behind = values[at + 1];
    const x = before === undefined || behind === undefined || value >= before - noise ? value : value - beta * Math.max(0, before - behind);
    return Math.abs(x) <= noise ? 0 : x;
  });
}
