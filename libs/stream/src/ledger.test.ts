import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeInLedger, emptyLedger, ledgerProblem, settleInLedger } from './ledger.ts';

describe('ledger', () => {
  it('adds up after any sequence of settlements and closings (law 1)', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('ok', 'failed', 'dropped', 'opened', 'folded', 'skipped', 'ended', 'close ok', 'close failed')), (actions) => {
      let counts = emptyLedger;
      for (const action of actions) {
        if (action === 'close ok' || action === 'close failed') { if (counts.open > 0) counts = closeInLedger(counts, action === 'close ok' ? 'ok' : 'failed'); }
        else counts = settleInLedger(counts, action as 'ok');
      }
      expect(ledgerProblem('expand', counts)).toBeUndefined();
      expect(counts.in).toBe(actions.filter((action) => ['ok', 'failed', 'dropped', 'opened'].includes(action)).length);
    }));
  });

  it('says which stage lost a record and how many came out', () => {
    expect(ledgerProblem('rollout', { in: 10, ok: 7, failed: 1, dropped: 1, open: 0 })).toBe('rollout: 10 records went in, 9 came out (ok 7, failed 1, dropped 1, open 0).');
  });

  it('notices a tree that closed without having been opened', () => {
    expect(ledgerProblem('expand', closeInLedger(emptyLedger, 'ok'))).toContain('a count is negative');
  });
});
