import type { Curve, PairResult } from '@slowthink/evaluation';
import { describe, expect, it } from 'vitest';
import { curvePlot, lookOf } from '../plots/curve-plot.ts';
import { shownCurves } from './curves.ts';
import { against, axisOf } from './differences.ts';

const pair = (a: string, b: string, value: number | null, onlyA: number, onlyB: number): PairResult => ({ a, b, difference: { value, low: value === null ? null : value - 0.02, high: value === null ? null : value + 0.01 }, onlyA, onlyB, p: 0.5, pHolm: 1, test: 'exact' });

describe('against', () => {
  it('turns a pair round where the reference stands first, interval and counts too, and puts the largest difference first', () => {
    const rows = against([pair('maj', 'bon-min', 0.03, 5, 2), pair('greedy', 'maj', -0.1, 1, 9), pair('greedy', 'bon-min', 0, 0, 0), pair('maj', 'undefined', null, 0, 0)], 'maj');
    expect(rows.map(({ rule, value, low, high, only, onlyReference }) => [rule, value, low, high, only, onlyReference].map((one) => (typeof one === 'number' ? Number(one.toFixed(9)) : one)))).toEqual([
      ['bon-min', -0.03, -0.04, -0.01, 2, 5],
      ['greedy', -0.1, -0.12, -0.09, 1, 9],
      ['undefined', null, null, null, 0, 0],
    ]);
  });
});

describe('axisOf', () => {
  const axis = (least: number, most: number): string => axisOf(least, most).ticks.map((tick) => Math.round(tick * 1000) / 10 + 0).join(' ');

  it('holds 0 and both ends, in at most five steps of 1, 2 or 5', () => {
    expect(axis(0.282, 0.538)).toBe('0 20 40 60'); // steps of 10 would be six
    expect(axis(-0.034, 0.021)).toBe('-4 -2 0 2 4');
    expect(axis(-0.5, 0)).toBe('-50 -40 -30 -20 -10 0');
    expect(axis(-1, 1)).toBe('-100 -50 0 50 100');
  });

  it('is a point wide at least, also where nothing differs', () => {
    expect(axis(0, 0)).toBe('0 1');
    expect(axis(-0.001, 0)).toBe('-1 0');
  });
});

const curve = (rule: string, ...values: readonly (number | null)[]): Curve => ({ rule, title: rule, points: values.map((value, at) => ({ n: 2 ** at, accuracy: { value, low: value, high: value }, tokens: 10 * 2 ** at, totalTokens: 20 * 2 ** at })) });

describe('shownCurves', () => {
  it('shows pass@N, the reference, P-VS and the best at the last point, four beside the first', () => {
    const curves = [curve('pass@N', 1), curve('maj', 0.1), curve('vote-sum-min', 0.2), curve('a', 0.3), curve('b', 0.9, 0.4), curve('c', 0.35)];
    expect([...shownCurves(curves, 'maj')]).toEqual(['pass@N', 'maj', 'vote-sum-min', 'b', 'c']);
    expect([...shownCurves(curves.slice(0, 2), 'greedy')]).toEqual(['pass@N', 'maj']); // a reference without a curve
  });
});

describe('curvePlot', () => {
  const drawn = (...curves: readonly Curve[]) => curves.map((one, place) => ({ curve: one, look: lookOf(place), shown: place === 0 }));

  it('draws band, line and points of each curve in groups that can be hidden, in colours of the page, without a style of its own', () => {
    const svg = String(curvePlot(drawn(curve('maj', 0.4, 0.5, 0.6), curve('bon-min', 0.4, 0.6, 0.7)), 'n'));
    expect(svg.match(/data-curve="0"/g)).toHaveLength(6); // three marks, wide and narrow
    expect(svg.match(/class="off" ?/g)).toHaveLength(6);
    expect(svg).toContain('aria-label="Accuracy over the number of candidates. maj 40.0 % at 1, 60.0 % at 4."');
    expect(svg).not.toMatch(/NaN|undefined|<style|style=/);
    expect(svg).toContain('stroke="var(--s0)"');
  });

  it('draws one point, equal points and 0, leaves out what is not defined, and nothing where nothing is', () => {
    for (const axis of ['n', 'tokens'] as const) {
      for (const some of [curve('one', 0.5), curve('right', 1, 1), curve('wrong', 0, 0), curve('part', null, 0.5)]) expect(String(curvePlot(drawn(some), axis))).not.toMatch(/NaN|Infinity|undefined/);
      expect(curvePlot(drawn(curve('none', null, null)), axis)).toBeUndefined();
      expect(curvePlot([], axis)).toBeUndefined();
    }
    expect(curvePlot(drawn({ ...curve('free', 0.5), points: [{ n: 1, accuracy: { value: 0.5, low: 0.4, high: 0.6 }, tokens: 0, totalTokens: 0 }] }), 'tokens')).toBeUndefined(); // 0 has no place on a logarithmic axis
  });

  it('has an axis of ten points at least, within 0 and 100, whose ticks are whole points', () => {
    const ticks = (...values: readonly number[]): string => [...String(curvePlot(drawn(curve('a', ...values)), 'n')).split('class="plot narrow"')[0]!.matchAll(/<text transform="translate\(46,[\d.]+\)" y="0.32em">(\d+)</g)].map(([, tick]) => tick).join(' ');
    expect([ticks(0), ticks(1, 1), ticks(0.5, 0.502), ticks(0.2, 0.9)]).toEqual(['0 2 4 6 8 10', '90 92 94 96 98 100', '46 48 50 52 54 56', '20 40 60 80 100']);
  });

  it('gives twenty curves twenty looks', () => {
    const looks = Array.from({ length: 20 }, (_, place) => JSON.stringify(lookOf(place)));
    expect(new Set(looks).size).toBe(20);
  });
});
