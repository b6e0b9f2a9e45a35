import type { Verdict } from './stage.ts';

export interface LedgerCounts {
  readonly in: number;
  readonly ok: number;
  readonly failed: number;
  readonly dropped: number;
  readonly open: number; // trees of expand that exist and are not closed
}

export const emptyLedger: LedgerCounts = Object.freeze({ in: 0, ok: 0, failed: 0, dropped: 0, open: 0 });

/** One settled record. `skipped`, `folded` and `ended` are no work of the stage and count nowhere. */
export function settleInLedger(counts: LedgerCounts, verdict: Verdict): LedgerCounts {
  switch (verdict) {
    case 'ok': return { ...counts, in: counts.in + 1, ok: counts.ok + 1 };
    case 'failed': return { ...counts, in: counts.in + 1, failed: counts.failed + 1 };
    case 'dropped': return { ...counts, in: counts.in + 1, dropped: counts.dropped + 1 };
    case 'opened': return { ...counts, in: counts.in + 1, open: counts.open + 1 };
    case 'skipped': case 'folded': case 'ended': return counts;
  }
}

/** One closed tree: it leaves `open` with its verdict. */
export function closeInLedger(counts: LedgerCounts, verdict: 'ok' | 'failed'): LedgerCounts {
  return { ...counts, open: counts.open - 1, [verdict]: counts[verdict] + 1 };
}

export function addLedgers(all: readonly LedgerCounts[]): LedgerCounts {
  return all.reduce((sum, one) => ({ in: sum.in + one.in, ok: sum.ok + one.ok, failed: sum.failed + one.failed, dropped: sum.dropped + one.dropped, open: sum.open + one.open }), emptyLedger);
}

/** Law 1: in = ok + failed + dropped + open. Returns a sentence when it does not hold. */
export function ledgerProblem(stage: string, counts: LedgerCounts): string | undefined {
  const out = counts.ok + counts.failed + counts.dropped + counts.open;
  if (Object.values(counts).some((count) => count < 0)) return `${stage}: a count is negative: ${JSON.stringify(counts)}.`;
  return counts.in === out ? undefined : `${stage}: ${counts.in} records went in, ${out} came out (ok ${counts.ok}, failed ${counts.failed}, dropped ${counts.dropped}, open ${counts.open}).`;
}
