import { html, type Html } from '../html.ts';
import type { CurveLook } from './curve-plot.ts';

/** The shapes of d3-symbol that plots use, about 8 wide around 0. */
const shapes: { readonly [symbol: string]: string } = {
  circle: 'M-3.5,0a3.5,3.5 0 1,0 7,0a3.5,3.5 0 1,0 -7,0', square: 'M-3,-3h6v6h-6z', triangle: 'M0,-4L3.6,2.6H-3.6z', diamond: 'M0,-4.5L2.8,0L0,4.5L-2.8,0z',
  times: 'M-3,-3L3,3M-3,3L3,-3', star: 'M0,-4.5L1.2,-1.4L4.4,-1.4L1.8,.6L2.7,3.8L0,1.9L-2.7,3.8L-1.8,.6L-4.4,-1.4L-1.2,-1.4z',
};

/** How a curve looks, for a legend. */
export const swatch = ({ color, symbol, dash }: CurveLook): Html => html`<svg width="30" height="12" viewBox="-15 -6 30 12" aria-hidden="true" stroke="${color}" fill="${color}"><line x1="-14" x2="14" stroke-width="1.8" stroke-dasharray="${dash}"/><path d="${shapes[String(symbol)] ?? shapes['circle']!}"/></svg>`;
