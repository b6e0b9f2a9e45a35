import { expect, test } from 'vitest';
import { itemFaultsMax, ProgramTrust } from './program-trust.ts';

test('blames the items up to the bound, then the program, until a verdict comes', () => {
  const trust = new ProgramTrust();
  for (let at = 1; at < itemFaultsMax; at++) expect(trust.itemFailed(`item ${at}`, at)).toBe(true);
  expect(trust.itemFailed('item 1', 50)).toBe(true); // counted already
  expect(trust.lostMs).toBeUndefined();
  expect(trust.itemFailed(`item ${itemFaultsMax}`, 100)).toBe(false);
  expect(trust.itemFailed('item 1', 200)).toBe(false);
  expect([trust.lostMs, trust.failed]).toEqual([100, itemFaultsMax]); // found out once
  expect(trust.judged()).toBe(true);
  expect([trust.lostMs, trust.failed]).toEqual([undefined, 0]);
  expect(trust.itemFailed('item 1', 300)).toBe(true);
  expect(trust.judged()).toBe(false);
});
