import { expect, it } from 'vitest';
import { formatBytes, formatCount, formatDuration, formatRate } from './format.ts';

it.each([
  [0, '0 ms'], [850.9, '850 ms'], [1000, '1 s'], [59_999, '59 s'], [60_000, '1 m 00 s'], [185_000, '3 m 05 s'], [3_599_999, '59 m 59 s'], [3_600_000, '1 h 00 m'], [4_320_000, '1 h 12 m'],
  [86_400_000, '1 d 00 h'], [183_600_000, '2 d 03 h'], [-1, 'n/a'], [Number.NaN, 'n/a'], [Infinity, 'n/a'],
])('writes %d ms as %s', (ms, text) => { expect(formatDuration(ms)).toBe(text); });

it.each([[0, '0'], [999, '999'], [1000, '1,000'], [12_345, '12,345'], [999_999, '999,999'], [999_999.6, '1.00 M'], [1_234_567, '1.23 M'], [45_600_000_000, '45.6 G'], [999_600_000, '1.00 G'], [-12_345, '-12,345'], [Number.NaN, 'n/a']])(
  'writes the count %d as %s', (count, text) => { expect(formatCount(count)).toBe(text); });

it.each([[0, '0.0'], [0.44, '0.4'], [99.94, '99.9'], [99.96, '100'], [2345.6, '2,346'], [Infinity, 'n/a']])('writes the rate %d as %s', (rate, text) => { expect(formatRate(rate)).toBe(text); });

it.each([[0, '0 B'], [999, '999 B'], [1000, '1.00 kB'], [1_500_000, '1.50 MB'], [45_600_000_000, '45.6 GB'], [240_000_000, '240 MB'], [999_700, '1.00 MB'], [9_999_000, '10.0 MB'], [5e15, '5000 TB'], [Number.NaN, 'n/a']])(
  'writes %d bytes as %s', (bytes, text) => { expect(formatBytes(bytes)).toBe(text); });
