import { areaInOrder, ascending } from './auroc.ts';
import { binOf } from './calibration.ts';
import { itemResampler, type ResampleOptions } from './item-resampler.ts';

export interface QualityDraws { readonly auroc: Float64Array; readonly brier: Float64Array; readonly ece: Float64Array }

/**
 * `auroc`, `brier` and the error of `calibration` on resampled items, one a draw: an item is a question with all its entries (values with right[i] of n[i] rollouts; itemOf[i]: index of the question of entry i), since steps of one question are not independent.
 * The same draws as `bootstrapMeans` makes with the same seed and strata. NaN for a draw in which a statistic is not defined, such as an area without wrong rollouts: the interval of such draws is none.
 * Cost: one sort, then draws x entries.
 */
export function bootstrapQuality(values: ArrayLike<number>, right: ArrayLike<number>, n: ArrayLike<number>, itemOf: ArrayLike<number>, options: ResampleOptions & { readonly bins?: number }): QualityDraws {
  const { strata, draws, bins = 10 } = options;
  const order = ascending(values);
  const sorted = Float64Array.from(order, (entry) => values[entry]!);
  const rights = new Float64Array(order.length), wrongs = new Float64Array(order.length); // of the draw
  const times = new Float64Array(strata.reduce((sum, size) => sum + size, 0));
  const result = { auroc: new Float64Array(draws), brier: new Float64Array(draws), ece: new Float64Array(draws) };
  const gaps = new Float64Array(bins); // right minus value, summed over the rollouts of a bin
  const itemsOf = itemResampler(options);
  for (let draw = 0; draw < draws; draw++) {
    times.fill(0);
    for (const item of itemsOf(draw)) times[item]!++;
    gaps.fill(0);
    let squares = 0, rollouts = 0;
    for (let at = 0; at < order.length; at++) {
      const entry = order[at]!, value = sorted[at]!, weight = times[itemOf[entry]!]!;
      const r = rights[at] = weight * right[entry]!, f = wrongs[at] = weight * (n[entry]! - right[entry]!);
      squares += r * (1 - value) ** 2 + f * value ** 2;
      rollouts += r + f;
      gaps[binOf(value, bins)]! += r - (r + f) * value;
    }
    result.auroc[draw] = areaInOrder(sorted, rights, wrongs);
    result.brier[draw] = squares / rollouts;
    result.ece[draw] = Number.isNaN(squares) ? NaN : gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / rollouts;
  }
  return result;
}
