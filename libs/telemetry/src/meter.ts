import type { Observer, WaitedFor } from '@slowthink/stream';
import { costOf, noPrices, type Prices } from './cost.ts';
import { SlidingRate } from './sliding-rate.ts';
import type { Pause, Snapshot, StageCounts } from './snapshot.ts';
import { TimeLeft } from './time-left.ts';

export interface Meter {
  readonly observer: Observer;
  snapshot(): Snapshot;
}

export interface MeterOptions {
  /** Milliseconds, never going back. */
  readonly now: () => number;
  /** Resident memory in bytes. */
  readonly rssBytes?: () => number;
  /** The stage whose inputs are the questions: what it drops counts as done. */
  readonly questionStage?: string;
  /** None: no cost is counted. */
  readonly prices?: Prices;
}

/**
 * Adds up signals. Counts in signals are increments, except `total` and `limit`, which replace; a request is in flight from `started` to `answered` or `failed`, its retries included.
 * Constant time a signal; memory grows with the number of stages, tables and fault codes, never with the run.
 */
export function createMeter({ now, rssBytes = () => process.memoryUsage.rss(), questionStage = 'expand', prices = noPrices }: MeterOptions): Meter {
  const startedMs = now();
  const [requestRate, tokenRate, timeLeft] = [new SlidingRate(startedMs), new SlidingRate(startedMs), new TimeLeft()];
  const trees = { opened: 0, closed: 0, failed: 0 };
  const requests = { started: 0, answered: 0, retried: 0, failed: 0 };
  const used = { samples: 0, promptTokens: 0, completionTokens: 0 };
  const graded = { judged: 0, cached: 0, failed: 0, promptTokens: 0, completionTokens: 0 };
  const stages = new Map<string, StageCounts>();
  const [faults, rows] = [new Map<string, number>(), new Map<string, number>()];
  let imported = 0;
  let total: number | null = null;
  let inFlightMax: number | null = null;
  const pauses = new Map<WaitedFor, { readonly code: string; readonly message: string; readonly sinceMs: number; readonly untilMs: number }>();
  let stoodSinceMs: number | null = null; // since when anybody is waited for, without a gap
  let pausedMs = 0; // all such times that ended
  const workingMs = (): number => (stoodSinceMs ?? now()) - pausedMs;
  const resume = (of: WaitedFor): void => {
    pauses.delete(of);
    if (stoodSinceMs === null || pauses.size > 0) return;
    pausedMs += now() - stoodSinceMs;
    stoodSinceMs = null;
  };

  const doneNow = (): number => {
    const settled = stages.get(questionStage) ?? { ok: 0, failed: 0, dropped: 0 };
    return Math.max(trees.closed + trees.failed, settled.ok + settled.failed) + settled.dropped; // a question that fails without a tree, or is asked without one, is settled only
  };
  let counted = 0; // of the questions done, those the estimate knows
  const count = (): void => { const done = doneNow(); timeLeft.close(workingMs(), done - counted); counted = done; };

  const observer: Observer = (signal) => {
    switch (signal.kind) {
      case 'settled': {
        const before = stages.get(signal.stage) ?? { ok: 0, failed: 0, dropped: 0 };
        stages.set(signal.stage, { ok: before.ok + signal.ok, failed: before.failed + signal.failed, dropped: before.dropped + signal.dropped });
        count();
        return;
      }
      case 'trees':
        trees.opened += signal.opened; trees.closed += signal.closed; trees.failed += signal.failed;
        count();
        return;
      case 'request':
        requests[signal.change] += 1;
        if (signal.change === 'started') timeLeft.start(workingMs());
        if (signal.change !== 'answered') return; // what was asked for is not what came
        used.samples += signal.samples ?? 0; used.promptTokens += signal.promptTokens ?? 0; used.completionTokens += signal.completionTokens ?? 0;
        requestRate.add(now(), 1);
        tokenRate.add(now(), signal.completionTokens ?? 0);
        return;
      case 'graded':
        if (signal.change !== 'spent') graded[signal.change] += 1;
        graded.promptTokens += signal.promptTokens ?? 0; graded.completionTokens += signal.completionTokens ?? 0;
        return;
      case 'limit': inFlightMax = signal.inFlightMax; return;
      case 'fault': increase(faults, signal.code, 1); return;
      case 'paused':
        stoodSinceMs ??= now();
        pauses.set(signal.of, { code: signal.code, message: signal.message, sinceMs: pauses.get(signal.of)?.sinceMs ?? now(), untilMs: now() + signal.retryInMs });
        return;
      case 'resumed': resume(signal.of); return;
      case 'rows': increase(rows, signal.table, signal.count); return;
      case 'import': imported += signal.questions; return;
      case 'total': total = signal.questions; return;
      case 'note': return; // for the log
    }
  };

  const snapshot = (): Snapshot => {
    const nowMs = now();
    const done = doneNow();
    const pause = pauses.values().next().value; // the one that began first: `set` keeps the place of a known key
    const paused: Pause | null = pause === undefined ? null : { code: pause.code, message: pause.message, forMs: nowMs - pause.sinceMs, retryInMs: Math.max(0, pause.untilMs - nowMs) };
    return {
      elapsedMs: nowMs - startedMs, imported, questions: { total, done }, stages: Object.fromEntries(stages),
      trees: { ...trees, open: Math.max(0, trees.opened - trees.closed - trees.failed) },
      requests: { inFlight: Math.max(0, requests.started - requests.answered - requests.failed), inFlightMax, answered: requests.answered, retried: requests.retried, failed: requests.failed, perSecond: requestRate.perSecond(nowMs) },
      ...used, cost: costOf(used, prices), graded: { ...graded }, tokensPerSecond: tokenRate.perSecond(nowMs), faults: Object.fromEntries(faults), paused, rows: Object.fromEntries(rows),
      etaMs: total === null ? null : timeLeft.estimateMs(workingMs(), total - done), rssBytes: rssBytes(),
    };
  };
  return { observer, snapshot };
}

const increase = (counts: Map<string, number>, name: string, by: number): void => { counts.set(name, (counts.get(name) ?? 0) + by); };
