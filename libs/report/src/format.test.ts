import { describe, expect, it } from 'vitest';
import { count, estimate, percent, points, pValue, short } from './format.ts';

describe('numbers of the report', () => {
  it('round a half away from zero, also where floating point falls short of it', () => {
    expect([0.6125, 0.0005, -0.0005, 0, 1, -0.0001].map((share) => percent(share))).toEqual(['61.3', '0.1', '\u22120.1', '0.0', '100.0', '0.0']);
    expect(0.0295 * 100 * 10).toBeLessThan(29.5);
    expect(percent(0.0295)).toBe('3.0');
  });

  it('give a difference its sign, and none to what is written 0', () => {
    expect([0.0125, -0.0125, 0, 0.0004, -0.0004].map(points)).toEqual(['+1.3', '\u22121.3', '0.0', '0.0', '0.0']);
  });

  it('are short on axes: three figures and a prefix', () => {
    expect([0, 0.5, 1, 999, 999.6, 1000, 12_345, 3.92e9, 1e18, 1e21].map(short)).toEqual(['0', '0.5', '1', '999', '1 k', '1 k', '12.3 k', '3.92 G', '1 E', '1.0e+21']);
    expect([0, 3, 99.5, 100.4, 12345].map(count)).toEqual(['0', '3', '99.5', '100', '12,345']);
    expect([1, 0.0314, 0.0009].map(pValue)).toEqual(['1.000', '0.031', '< 0.001']);
  });

  it('say n/a with the reason, where value or interval is not defined', () => {
    expect(String(estimate({ value: null, low: null, high: null, why: 'no "item"' }))).toBe('<abbr class="na" title="no &quot;item&quot;">n/a<span class="sr"> (no &quot;item&quot;)</span></abbr>');
    const one = String(estimate({ value: 1, low: null, high: null, why: 'an interval needs 2 items' }));
    expect(one).toContain('100.0');
    expect(one).toContain('an interval needs 2 items');
    expect(String(estimate(null))).toContain('not computed');
  });

  it('mark an interval that has a reason', () => {
    expect(String(estimate({ value: 1, low: 1, high: 1, why: 'the same on every item' }))).toContain('title="the same on every item"');
    expect(String(estimate({ value: 0.5, low: 0.4, high: 0.6 }))).toBe('<span class="value">50.0</span> <span class="interval">40.0 to 60.0</span>');
  });
});
