import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { watermarksOf } from './send-transaction.ts';

const progress = (positions: { readonly [topic: string]: { readonly next: number; readonly unsettled: readonly number[] } }) => ({ type: 'progress', v: 1, stage: 'expand', partition: 0, positions, restore: {}, ledger: { in: 0, ok: 0, failed: 0, dropped: 0, open: 0 }, notes: {} }) as const;

describe('watermarksOf', () => {
  it('is the lowest offset that is not settled, else the next one', () => {
    expect(watermarksOf(progress({ questions: { next: 9, unsettled: [7, 3, 8] }, rollouts: { next: 4, unsettled: [] } }))).toEqual({ questions: 3, rollouts: 4 });
  });

  it('never passes an offset that is still to be settled', () => {
    fc.assert(fc.property(fc.nat(1000), fc.array(fc.nat(2000)), (next, unsettled) => {
      const { questions } = watermarksOf(progress({ questions: { next, unsettled } }));
      expect(questions).toBeLessThanOrEqual(next);
      expect(unsettled.every((offset) => offset >= questions!)).toBe(true);
      expect([next, ...unsettled]).toContain(questions);
    }));
  });
});
