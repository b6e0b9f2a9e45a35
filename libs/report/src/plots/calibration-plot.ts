import * as Plot from '@observablehq/plot';
import type { PrmPart, PrmResult } from '@slowthink/evaluation';
import { count, percent } from '../format.ts';
import type { Html } from '../html.ts';
import { draw, type PlotSize } from './draw.ts';
import { lookOf } from './curve-plot.ts';

interface Spot { readonly value: number; readonly right: number; readonly n: number }
const spotsOf = ({ bins }: PrmPart): readonly Spot[] => bins.flatMap(({ value, right, n }) => (value === null || right === null ? [] : [{ value, right, n }]));

/** The share of rollouts that were right over the mean value of their step, for inner and final steps; on the diagonal a value is a probability. A spot is as large as its share of rollouts. `undefined` where no bin has a rollout. */
export function calibrationPlot({ inner, final }: PrmResult): Html | undefined {
  const parts = [{ name: 'inner steps', spots: spotsOf(inner), look: lookOf(0) }, { name: 'final steps', spots: spotsOf(final), look: lookOf(1) }].filter(({ spots }) => spots.length > 0);
  if (parts.length === 0) return undefined;
  const most = Math.max(...parts.flatMap(({ spots }) => spots.map(({ n }) => n)));
  const label = `Calibration of step values. ${parts.map(({ name, spots }) => `${name}: ${spots.map(({ value, right, n }) => `value ${value.toFixed(2)}, right ${percent(right, 0)} % of ${count(n)}`).join('; ')}`).join('. ')}.`;
  return draw(label, (size: PlotSize) => ({
    ...(size === 'wide' ? { width: 420, height: 400 } : { width: 330, height: 320 }),
    x: { domain: [0, 1], label: null }, y: { domain: [0, 1], label: null }, r: { range: [2, 9], domain: [0, most] },
    marks: [
      Plot.gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      Plot.axisY({ tickSize: 0, ticks: 5, tickFormat: (share: number) => percent(share, 0), fill: 'var(--quiet)', label: 'right, % of rollouts', labelAnchor: 'top', labelArrow: 'none' }),
      Plot.axisX({ tickSize: 4, ticks: 5, tickFormat: (value: number) => value.toFixed(1), fill: 'var(--quiet)', stroke: 'var(--quiet)', label: 'mean step value', labelAnchor: 'center', labelArrow: 'none' }),
      Plot.line([[0, 0], [1, 1]], { stroke: 'var(--quiet)', strokeDasharray: '3 3' }),
      ...parts.flatMap(({ spots, look }) => [
        Plot.line(spots, { x: 'value', y: 'right', stroke: look.color, strokeWidth: 1.5 }),
        Plot.dot(spots, { x: 'value', y: 'right', r: 'n', symbol: look.symbol, stroke: look.color, fill: look.color, fillOpacity: 0.75 }),
      ]),
    ],
  }));
}
