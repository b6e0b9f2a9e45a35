import * as Plot from '@observablehq/plot';
import type { Curve } from '@slowthink/evaluation';
import { percent, short } from '../format.ts';
import type { Html } from '../html.ts';
import { draw } from './draw.ts';

/** How a curve is told from others: a colour of the style sheet, a mark, and dashes from the seventh on. */
export interface CurveLook { readonly color: string; readonly symbol: Plot.SymbolType; readonly dash: string }
const symbols = ['circle', 'square', 'triangle', 'diamond', 'times', 'star'] as const;
const dashes = ['', '6 3', '2 3', '8 3 2 3'] as const;
export const lookOf = (place: number): CurveLook => ({ color: `var(--s${place % 6})`, symbol: symbols[place % 6]!, dash: dashes[Math.floor(place / 6) % dashes.length]! });

export interface DrawnCurve { readonly curve: Curve; readonly look: CurveLook; readonly shown: boolean }

/** The marks of one curve, in groups that the page hides and shows by data-curve. */
const tagged = (index: number, shown: boolean): { readonly render: Plot.RenderFunction } => ({
  render: (places, scales, values, dimensions, context, next) => {
    const group = next!(places, scales, values, dimensions, context)!;
    group.setAttribute('data-curve', String(index));
    if (!shown) group.setAttribute('class', 'off');
    return group;
  },
});

/** Of the axis of accuracy: ticks of a narrower one would be fractions of a point. */
const spanMin = 0.1;

export type CurveAxis = 'n' | 'tokens';
interface Spot { readonly x: number; readonly y: number; readonly low: number; readonly high: number }

/** Points that can be drawn: an accuracy that is not defined has no place; without an interval the band has no width. On the axis of tokens nothing stands at 0. */
const spotsOf = ({ points }: Curve, axis: CurveAxis): readonly Spot[] => points.flatMap(({ n, totalTokens, accuracy: { value, low, high } }) => (value === null || (axis === 'tokens' && totalTokens <= 0) ? [] : [{ x: axis === 'n' ? n : totalTokens, y: value, low: low ?? value, high: high ?? value }]));

/** Accuracy over the number of candidates, or over the tokens an item costs, both on a logarithmic axis, with 95 % bands. `undefined` where no curve has a point. */
export function curvePlot(curves: readonly DrawnCurve[], axis: CurveAxis): Html | undefined {
  const all = curves.flatMap(({ curve }) => spotsOf(curve, axis));
  if (all.length === 0) return undefined;
  const [least, most] = [Math.min(...all.map(({ low }) => low)), Math.max(...all.map(({ high }) => high))];
  const room = Math.max((most - least) * 0.05, (spanMin - (most - least)) / 2, 0);
  const xs = [...new Set(all.map(({ x }) => x))].toSorted((a, b) => a - b);
  const [left, right] = xs.length === 1 ? [xs[0]! / 2, xs[0]! * 2] : [xs[0]!, xs.at(-1)!];
  const sizes = axis === 'n' ? xs : undefined;
  const label = axis === 'n' ? 'Accuracy over the number of candidates' : 'Accuracy over the tokens that an item costs';
  return draw(`${label}. ${curves.filter(({ shown }) => shown).map(({ curve }) => described(curve, axis)).filter((text) => text !== '').join('; ')}.`, (size) => ({
    x: { type: 'log', base: axis === 'n' ? 2 : 10, domain: [left, right], label: null },
    y: { domain: [Math.max(0, Math.min(least - room, 1 - spanMin)), Math.min(1, Math.max(most + room, spanMin))], nice: true, label: null },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ tickSize: 0, ticks: 5, tickFormat: (share: number) => `${percent(share, 0)}`, fill: 'var(--quiet)', label: 'accuracy, %', labelAnchor: 'top', labelArrow: 'none' }),
      Plot.axisX(axis === 'n' ? sizes! : tokenTicks(left, right, size === 'wide' ? 6 : 4), { tickSize: 4, tickFormat: (x: number) => (axis === 'n' ? String(x) : short(x)), fill: 'var(--quiet)', stroke: 'var(--quiet)', label: axis === 'n' ? 'candidates N' : 'tokens an item (prompt, generated, scorer)', labelAnchor: 'center', labelArrow: 'none' }),
      ...curves.flatMap(({ curve, look, shown }, index) => {
        const spots = spotsOf(curve, axis);
        const mark = tagged(index, shown);
        return spots.length === 0 ? [] : [
          Plot.areaY(spots, { x: 'x', y1: 'low', y2: 'high', fill: look.color, fillOpacity: 0.1, ...mark }),
          Plot.line(spots, { x: 'x', y: 'y', stroke: look.color, strokeWidth: 1.8, ...(look.dash === '' ? {} : { strokeDasharray: look.dash }), ...mark }),
          Plot.dot(spots, { x: 'x', y: 'y', r: 3, symbol: look.symbol, stroke: look.color, fill: look.color, ...mark }),
        ];
      }),
    ],
  }));
}

const described = (curve: Curve, axis: CurveAxis): string => {
  const spots = spotsOf(curve, axis);
  const [first, last] = [spots[0], spots.at(-1)];
  return first === undefined || last === undefined ? '' : `${curve.title} ${percent(first.y)} % at ${short(first.x)}${spots.length === 1 ? '' : `, ${percent(last.y)} % at ${short(last.x)}`}`;
};

/** 1, 2 and 5 times powers of ten within the axis, thinned out to about `most`. */
function tokenTicks(left: number, right: number, most: number): readonly number[] {
  const ticks = Array.from({ length: 40 }, (_, index) => [1, 2, 5][index % 3]! * 10 ** Math.floor(index / 3)).filter((tick) => tick >= left * 0.999 && tick <= right * 1.001);
  const step = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % step === 0);
}
