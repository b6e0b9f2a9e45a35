import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { durationText, parseDuration } from './duration.ts';

describe('parseDuration', () => {
  it.each([
    ['0', 0], ['0s', 0], ['1ms', 1], ['30s', 30_000], ['1.5h', 5_400_000], ['1h30m', 5_400_000], ['0.001s', 1], ['4.35s', 4350], ['2d', 172_800_000], ['1d1h1m1s1ms', 90_061_001],
  ])('reads %s as %d ms', (text, ms) => { expect(parseDuration(text)).toBe(ms); });

  it.each(['', '30', 's', '1 s', '-1s', '30S', '1m1h', '1s1s', '0.0001s', '1e3s', '.5s', '1.s', '30s!', '9007199254740992ms', '200000000d'])('refuses %j', (text) => { expect(parseDuration(text)).toBeUndefined(); });

  it('reads back every number of milliseconds that durationText writes', () => {
    fc.assert(fc.property(fc.maxSafeNat(), (ms) => parseDuration(durationText(ms)) === ms));
  });

  it('writes each unit once, the largest first', () => {
    expect([0, 999, 30_000, 90_000, 5_400_000, 90_061_001].map(durationText)).toEqual(['0s', '999ms', '30s', '1m30s', '1h30m', '1d1h1m1s1ms']);
  });
});
