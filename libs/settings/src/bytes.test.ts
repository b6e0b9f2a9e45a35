import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesText, parseBytes } from './bytes.ts';

describe('parseBytes', () => {
  it.each([
    ['0', 0], ['512', 512], ['512B', 512], ['8MB', 8_000_000], ['8 MB', 8_000_000], ['8mb', 8_000_000], ['8MiB', 8_388_608], ['1.005GB', 1_005_000_000], ['0.5KiB', 512], ['2TB', 2e12], ['1TiB', 1024 ** 4],
  ])('reads %s as %d bytes', (text, bytes) => { expect(parseBytes(text)).toBe(bytes); });

  it.each(['', 'MB', '-1', '1.5', '1.0001kB', '8 M', '8  MB', '1e6', '8Mb!', '9007199254740992', '9999999TB'])('refuses %j', (text) => { expect(parseBytes(text)).toBeUndefined(); });

  it('reads back every number of bytes that bytesText writes', () => {
    fc.assert(fc.property(fc.oneof(fc.maxSafeNat(), fc.nat(9000).map((n) => n * 1000 ** 3), fc.nat(9000).map((n) => n * 1024 ** 3)), (bytes) => parseBytes(bytesText(bytes)) === bytes));
  });

  it('writes the largest unit that divides the number', () => {
    expect([0, 512, 1000, 1024, 1500, 8_000_000, 8_388_608, 1_500_000_000].map(bytesText)).toEqual(['0B', '512B', '1kB', '1KiB', '1500B', '8MB', '8MiB', '1500MB']);
  });
});
