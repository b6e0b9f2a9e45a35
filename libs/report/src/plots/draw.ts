import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { html, Html } from '../html.ts';

export type PlotSize = 'wide' | 'narrow';
export const sizes = { wide: { width: 560, height: 340, fontSize: 12 }, narrow: { width: 330, height: 280, fontSize: 11 } } as const satisfies { readonly [Size in PlotSize]: object };

/**
 * A plot as inline SVG, drawn for a wide page and for a phone (the style sheet shows one of them), so that letters keep their size. It takes its colours from the page: currentColor and variables.
 * Whoever does not see it is told `label`, and finds the numbers in a table beside it.
 */
export function draw(label: string, optionsOf: (size: PlotSize) => Plot.PlotOptions): Html {
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return html`${(Object.keys(sizes) as PlotSize[]).map((size) => {
    const { width, height, fontSize } = sizes[size];
    const svg = Plot.plot({ document, width, height, marginLeft: 46, marginRight: 16, marginTop: 26, marginBottom: 40, className: 'drawn', ...optionsOf(size) });
    svg.querySelector('style')?.remove(); // the policy of the page allows its own style sheet alone
    svg.setAttribute('font-size', String(fontSize));
    svg.setAttribute('aria-hidden', 'true');
    return html`<div class="plot ${size}" role="img" aria-label="${label}">${new Html(svg.outerHTML)}</div>`;
  })}`;
}
