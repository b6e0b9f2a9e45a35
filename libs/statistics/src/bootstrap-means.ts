import { itemResampler, type ResampleOptions } from './item-resampler.ts';

export interface BootstrapOptions extends ResampleOptions {
  /** items: the mean over all items. strata: the mean of the means of the strata, each alike. */
  readonly of: 'items' | 'strata';
}

/**
 * Means of resampled items, one a draw, for each column (a column has one number an item). Items are drawn with replacement within their stratum, as many as it has, and a draw is the same for every column: the difference of
 * the draws of two columns is the paired bootstrap of their difference. Efron and Tibshirani, An Introduction to the Bootstrap, chapters 6 and 8.
 *
 *   items:  mean_d = sum_i t_di x_i / n                      t_di: how often item i was drawn in draw d
 *   strata: mean_d = 1/S sum_s ( sum_{i in s} t_di x_i / n_s )
 *
 * A column whose length is not the sum of the strata, or that holds NaN, has NaN draws; so has every column where there are no items, and for `strata` where a stratum is empty. Never throws.
 * Cost: draws x items random numbers, and draws x columns x distinct rows of numbers multiplications; memory: draws x columns.
 */
export function bootstrapMeans(columns: readonly Float64Array[], options: BootstrapOptions): readonly Float64Array[] {
  const { strata, draws, of } = options;
  const n = strata.reduce((sum, size) => sum + size, 0);
  const means = columns.map(() => new Float64Array(draws));
  const usable = columns.map((column) => (column.length === n ? column : new Float64Array(n).fill(NaN)));
  const { ofItem, ends, rows } = distinctRows(usable, strata);
  const times = new Float64Array(rows.length); // how often each distinct row was drawn
  const itemsOf = itemResampler(options);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    const items = itemsOf(draw);
    for (let at = 0; at < items.length; at++) times[ofItem[items[at]!]!]!++;
    for (let at = 0; at < columns.length; at++) {
      const column = usable[at]!;
      let mean = 0, row = 0;
      for (let stratum = 0; stratum < strata.length; stratum++) {
        let sum = 0;
        for (; row < ends[stratum]!; row++) sum += times[row]! * column[rows[row]!]!;
        mean += of === 'items' ? sum : sum / strata[stratum]!;
      }
      means[at]![draw] = mean / (of === 'items' ? n : strata.length);
    }
  }
  return means;
}

/** Items of a stratum that are alike in every column count as one row: rights and wrongs of twenty rules have a few hundred different rows on thousands of items. `rows`: an item of each; `ends`: where the rows of each stratum end. */
function distinctRows(columns: readonly Float64Array[], strata: readonly number[]): { readonly ofItem: Int32Array; readonly rows: readonly number[]; readonly ends: readonly number[] } {
  const ofItem = new Int32Array(strata.reduce((sum, size) => sum + size, 0));
  const rows: number[] = [], ends: number[] = [];
  let item = 0;
  for (const size of strata) {
    const known = new Map<string, number>();
    for (const end = item + size; item < end; item++) {
      const key = columns.map((column) => column[item]).join(' ');
      let row = known.get(key);
      if (row === undefined) known.set(key, row = rows.push(item) - 1);
      ofItem[item] = row;
    }
    ends.push(rows.length);
  }
  return { ofItem, rows, ends };
}
