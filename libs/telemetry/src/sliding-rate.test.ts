import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SlidingRate } from './sliding-rate.ts';

describe('SlidingRate', () => {
  it('counts a steady flow exactly', () => {
    const rate = new SlidingRate(0);
    for (let nowMs = 0; nowMs < 60_000; nowMs += 100) rate.add(nowMs, 5);
    expect(rate.perSecond(59_999)).toBeCloseTo(50, 1);
  });

  it('divides by the time since the start while that is shorter than the window, one second at least', () => {
    const rate = new SlidingRate(1_000_000);
    rate.add(1_000_000, 30);
    expect(rate.perSecond(1_000_000)).toBe(30);
    expect(rate.perSecond(1_003_000)).toBe(10);
  });

  it('forgets what is older than the window', () => {
    const rate = new SlidingRate(0);
    rate.add(0, 1000);
    rate.add(20_000, 10);
    expect(rate.perSecond(20_499)).toBeCloseTo(1, 1);
    expect(rate.perSecond(31_000)).toBe(0);
  });

  it('survives a long silence and a clock that stands still', () => {
    const rate = new SlidingRate(0);
    rate.add(1e12, 20);
    rate.add(1e12, 20);
    expect(rate.perSecond(1e12)).toBeCloseTo(40 / 9.5, 6);
  });

  it('never reports more than what was added in the last window, nor less than nothing', () => {
    fc.assert(fc.property(fc.array(fc.tuple(fc.nat(3000), fc.nat(100)), { maxLength: 60 }), (steps) => {
      const rate = new SlidingRate(0);
      const added: { readonly atMs: number; readonly amount: number }[] = [];
      let nowMs = 0;
      for (const [waitMs, amount] of steps) { nowMs += waitMs; rate.add(nowMs, amount); added.push({ atMs: nowMs, amount }); }
      const recent = added.filter(({ atMs }) => atMs > nowMs - 10_000).reduce((sum, { amount }) => sum + amount, 0);
      const inWindow = rate.perSecond(nowMs) * Math.max(1000, Math.min(nowMs, 9500 + (nowMs % 500))) / 1000;
      return inWindow >= 0 && inWindow <= recent + 1e-6;
    }));
  });
});
