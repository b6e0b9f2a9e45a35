import { expect, test } from 'vitest';
import { PrefixCache } from './prefix-cache.ts';

const bytes = (text: string): Uint8Array => Buffer.from(text);

test('holds nothing of the first prompt, whole blocks of the second, and no block behind the first difference', () => {
  const cache = new PrefixCache(4);
  expect(cache.enter(bytes('aaaabbbbcccc'))).toBe(0);
  expect(cache.enter(bytes('aaaabbbbcccc'))).toBe(12);
  expect(cache.enter(bytes('aaaabbbbccxx'))).toBe(8);
  expect(cache.enter(bytes('xaaabbbbcccc'))).toBe(0);
  expect(cache.bytes).toBe(4 * (3 + 1 + 3));
});

test('never holds the block that is not full', () => {
  const cache = new PrefixCache(4);
  cache.enter(bytes('aaaabb'));
  expect(cache.enter(bytes('aaaabb'))).toBe(4);
  expect(cache.enter(bytes('aa'))).toBe(0);
});

test('takes the same block behind another beginning for another one', () => {
  const cache = new PrefixCache(2);
  cache.enter(bytes('aabb'));
  expect(cache.enter(bytes('bbaa'))).toBe(0);
});
