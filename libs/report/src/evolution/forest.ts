import type { Gain } from '@slowthink/evolution';
import { estimate, points } from '../format.ts';
import { html, type Html } from '../html.ts';

export interface ForestRow { readonly title: string; readonly gain: Gain }

/** Differences with their intervals, one a row on a common scale; those whose interval leaves zero out are filled. */
export function forest(rows: readonly ForestRow[], caption: string): Html {
  const bound = Math.max(0.05, ...rows.flatMap(({ gain: { difference, low, high } }) => [difference, low, high].map((value) => Math.abs(value ?? 0))));
  const x = (value: number): string => `${(50 + (46 * value) / bound).toFixed(2)}%`;
  const bar = ({ difference, low, high }: Gain): Html => (difference === null || low === null || high === null ? html`` : html`<svg class="ci${low > 0 || high < 0 ? ' clear' : ''}" role="img" aria-label="${points(difference)}, from ${points(low)} to ${points(high)}"><line class="zero" x1="${x(0)}" x2="${x(0)}" y1="0" y2="26"/><line x1="${x(low)}" x2="${x(high)}" y1="13" y2="13"/><circle cx="${x(difference)}" cy="13" r="5"/></svg>`);
  const axis = html`<svg class="ci axis" aria-hidden="true">${[-bound, 0, bound].map((value) => html`<text x="${x(value)}" y="12">${points(value)}</text>`)}</svg>`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table class="forest"><caption class="sr">${caption}</caption><thead><tr><th scope="col">what</th><th scope="col">points</th><th scope="col" class="range">95 % interval</th></tr></thead>
<tbody>${rows.map(({ title, gain }) => html`<tr><th scope="row">${title}</th><td>${estimate({ value: gain.difference, low: gain.low, high: gain.high }, points)}</td><td class="range">${bar(gain)}</td></tr>`)}<tr><td></td><td></td><td class="range">${axis}</td></tr></tbody></table></div>`;
}
