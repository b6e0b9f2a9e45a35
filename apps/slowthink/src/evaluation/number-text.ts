// Numbers of an evaluation for a terminal.
import type { Estimate } from '@slowthink/evaluation';

/** A share as per cent, one decimal; n/a where it is not defined. */
export const percent = (value: number | null): string => (value === null ? 'n/a' : (100 * value).toFixed(1));

/** "48.3 [ 36.7,  61.7]", in columns. */
export const interval = ({ value, low, high }: Estimate): string => `${percent(value).padStart(5)} ${low === null || high === null ? ''.padEnd(14) : `[${percent(low).padStart(5)}, ${percent(high).padStart(5)}]`}`;

/** A difference of shares in points, with its sign. */
export const points = (share: number | null): string => (share === null ? 'n/a' : `${share >= 0 ? '+' : '−'}${Math.abs(100 * share).toFixed(1)}`);

/** ", McNemar p 0.031"; nothing where the test is not defined. */
export const pText = (p: number | null): string => (p === null ? '' : `, McNemar p ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`);
