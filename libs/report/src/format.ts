// How numbers are written in the report. Figures are tabular, minus is U+2212, and what is not defined is "n/a" with its reason.
import type { Estimate } from '@slowthink/evaluation';
import { html, type Html } from './html.ts';

const minus = (text: string): string => text.replace('-', '\u2212');

/** A share of 0..1 in percent, without the sign: 0.6125 -> "61.3". Halves are rounded away from zero, as in a table made by hand, also where the product with 100 falls short of one. */
export const percent = (share: number, digits = 1): string => minus((Math.sign(share) * Math.round(Math.abs(share) * 100 * 10 ** digits + 1e-9) / 10 ** digits + 0).toFixed(digits));

/** A difference of shares in percentage points with its sign: 0.0125 -> "+1.3". */
export const points = (difference: number): string => (percent(difference) === '0.0' || difference < 0 ? percent(difference) : `+${percent(difference)}`);

/** 12345 -> "12,345"; below 100 one decimal where it has one. */
export const count = (value: number): string => (value < 100 && !Number.isInteger(value) ? value.toFixed(1) : Math.round(value).toLocaleString('en-US'));

const powers = ['', 'k', 'M', 'G', 'T', 'P', 'E'] as const;

/** 12,345,678 -> "12.3 M": for axes and FLOPs. Above 999 E in powers of ten. */
export function short(value: number): string {
  const power = value < 1 ? 0 : Math.floor(Math.log10(value * 1.0005) / 3);
  const prefix = powers[power];
  return prefix === undefined ? value.toExponential(1) : `${Number((value / 1000 ** power).toPrecision(3))} ${prefix}`.trimEnd();
}

/** A number of 0..1 with three decimals: AUROC, Brier. */
export const decimal = (value: number): string => value.toFixed(3);

/** "0.031", "< 0.001". */
export const pValue = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));

/** "n/a"; the reason shows on pointing at it and is read out. */
export const notAvailable = (why: string): Html => html`<abbr class="na" title="${why}">n/a<span class="sr"> (${why})</span></abbr>`;

const reason = ({ why }: Estimate): string => why ?? 'not defined for these items';

/** A value with its interval in a second, quieter line; `write` turns both into text. A star says that there is a reason to know: on pointing at it, and read out. */
export function estimate(of: Estimate | null, write: (value: number) => string = percent, missing = 'not computed'): Html {
  if (of === null) return notAvailable(missing);
  if (of.value === null) return notAvailable(reason(of));
  const bounds = of.low === null || of.high === null ? html`<span class="interval">${notAvailable(reason(of))}</span>` : html`<span class="interval">${write(of.low)} to ${write(of.high)}${of.why !== undefined && html` <abbr class="na" title="${of.why}"><span aria-hidden="true">*</span><span class="sr"> (${of.why})</span></abbr>`}</span>`;
  return html`<span class="value">${write(of.value)}</span> ${bounds}`;
}
