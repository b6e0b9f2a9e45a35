import type { Signal } from '@slowthink/stream';
import { describe, expect, it } from 'vitest';
import { createMeter } from './meter.ts';

function meterAt(startMs = 0) {
  const clock = { nowMs: startMs };
  const meter = createMeter({ now: () => clock.nowMs, rssBytes: () => 240e6 });
  const at = (nowMs: number, ...signals: readonly Signal[]): void => { clock.nowMs = nowMs; for (const signal of signals) meter.observer(signal); };
  return { meter, at };
}
const closed = (count: number): Signal => ({ kind: 'trees', opened: 0, closed: count, failed: 0 });
const started: Signal = { kind: 'request', change: 'started' };

describe('createMeter', () => {
  it('begins with nothing counted', () => {
    expect(meterAt().meter.snapshot()).toEqual({
      graded: { judged: 0, cached: 0, failed: 0, promptTokens: 0, completionTokens: 0 }, elapsedMs: 0, imported: 0, questions: { total: null, done: 0 }, stages: {}, trees: { opened: 0, open: 0, closed: 0, failed: 0 },
      requests: { inFlight: 0, inFlightMax: null, answered: 0, retried: 0, failed: 0, perSecond: 0 }, samples: 0, promptTokens: 0, completionTokens: 0, cost: null, tokensPerSecond: 0,
      faults: {}, paused: null, rows: {}, etaMs: null, rssBytes: 240e6,
    });
  });

  it('adds up what stages, trees, rows, faults and the import report', () => {
    const { meter, at } = meterAt();
    at(5000,
      { kind: 'import', questions: 6 }, { kind: 'import', questions: 4 }, { kind: 'total', questions: 10 },
      { kind: 'settled', stage: 'expand', partition: 0, ok: 2, failed: 1, dropped: 0 }, { kind: 'settled', stage: 'expand', partition: 7, ok: 1, failed: 0, dropped: 2 }, { kind: 'settled', stage: 'label', partition: 0, ok: 3, failed: 0, dropped: 0 },
      { kind: 'trees', opened: 8, closed: 3, failed: 1 },
      { kind: 'rows', table: 'sft', count: 3 }, { kind: 'rows', table: 'prm', count: 9 }, { kind: 'rows', table: 'sft', count: 1 },
      { kind: 'fault', stage: 'rollout', code: 'MODEL_REFUSED', message: 'x' }, { kind: 'fault', stage: 'expand', code: 'MODEL_REFUSED', message: 'y' }, { kind: 'fault', stage: 'label', code: 'RECORD_INVALID', message: 'z' },
      { kind: 'note', level: 'warn', message: 'only for the log' });
    expect(meter.snapshot()).toMatchObject({
      elapsedMs: 5000, imported: 10, questions: { total: 10, done: 6 }, trees: { opened: 8, open: 4, closed: 3, failed: 1 }, rows: { sft: 4, prm: 9 }, faults: { MODEL_REFUSED: 2, RECORD_INVALID: 1 },
      stages: { expand: { ok: 3, failed: 1, dropped: 2 }, label: { ok: 3, failed: 0, dropped: 0 } },
    });
  });

  it('counts what a grader judged and what a judge cost apart from the policy', () => {
    const { meter, at } = meterAt();
    at(1000, { kind: 'graded', change: 'judged', ms: 5 }, { kind: 'graded', change: 'cached' }, { kind: 'graded', change: 'cached' }, { kind: 'graded', change: 'failed' }, { kind: 'graded', change: 'spent', promptTokens: 200, completionTokens: 4 });
    expect(meter.snapshot()).toMatchObject({ graded: { judged: 1, cached: 2, failed: 1, promptTokens: 200, completionTokens: 4 }, promptTokens: 0, completionTokens: 0, requests: { answered: 0 } });
  });

  it('counts a request as in flight through its retries until it is answered or fails', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'limit', inFlightMax: 64 }, started, started, started, { kind: 'request', change: 'retried' });
    expect(meter.snapshot().requests).toMatchObject({ inFlight: 3, inFlightMax: 64, retried: 1 });
    at(2000, { kind: 'request', change: 'answered', samples: 4, promptTokens: 100, completionTokens: 50, ms: 2000 }, { kind: 'request', change: 'failed' }, { kind: 'limit', inFlightMax: 32 });
    expect(meter.snapshot()).toMatchObject({ requests: { inFlight: 1, inFlightMax: 32, answered: 1, failed: 1, perSecond: 0.5 }, samples: 4, promptTokens: 100, completionTokens: 50, tokensPerSecond: 25 });
  });

  it('gives snapshots that do not change afterwards', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'rows', table: 'sft', count: 1 }, closed(1));
    const before = meter.snapshot();
    const copy = structuredClone(before);
    at(1, { kind: 'rows', table: 'sft', count: 1 }, closed(1), { kind: 'settled', stage: 'label', partition: 0, ok: 1, failed: 0, dropped: 0 });
    expect(before).toEqual(copy);
  });

  it('counts a pause down to its next try and keeps its beginning when it is announced again', () => {
    const { meter, at } = meterAt();
    at(1000, { kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'refused', retryInMs: 4000 });
    at(3000);
    expect(meter.snapshot().paused).toEqual({ code: 'MODEL_UNREACHABLE', message: 'refused', forMs: 2000, retryInMs: 2000 });
    at(5000, { kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'refused', retryInMs: 8000 });
    at(20_000);
    expect(meter.snapshot().paused).toMatchObject({ forMs: 19_000, retryInMs: 0 });
    at(21_000, { kind: 'resumed', of: 'policy', afterMs: 20_000 });
    expect(meter.snapshot().paused).toBeNull();
  });

  it('stays paused while one of two is still waited for, whatever its fault is by now', () => {
    const { meter, at } = meterAt();
    at(1000, { kind: 'paused', of: 'policy', code: 'MODEL_OVERLOADED', message: 'busy', retryInMs: 1000 });
    at(2000, { kind: 'paused', of: 'grader', code: 'GRADER_UNAVAILABLE', message: 'gone', retryInMs: 1000 }, { kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'refused', retryInMs: 2000 });
    at(3000, { kind: 'resumed', of: 'grader', afterMs: 1000 });
    expect(meter.snapshot().paused).toEqual({ code: 'MODEL_UNREACHABLE', message: 'refused', forMs: 2000, retryInMs: 1000 });
    at(4000, { kind: 'resumed', of: 'policy', afterMs: 3000 });
    expect(meter.snapshot().paused).toBeNull();
  });
});

describe('the time left', () => {
  it('is n/a without a total, before three trees are closed and before ten seconds of work', () => {
    const { meter, at } = meterAt();
    at(0, started, closed(5));
    at(60_000);
    expect(meter.snapshot().etaMs).toBeNull(); // no total
    const other = meterAt();
    other.at(0, { kind: 'total', questions: 100 }, started);
    other.at(9000, closed(3));
    expect(other.meter.snapshot().etaMs).toBeNull(); // 9 s
    other.at(10_000);
    expect(other.meter.snapshot().etaMs).toBe(323_333); // 97 to go at 3 / 10 s
    const third = meterAt();
    third.at(0, { kind: 'total', questions: 100 }, started);
    third.at(60_000, closed(2));
    expect(third.meter.snapshot().etaMs).toBeNull(); // two trees
  });

  it('does not take trees that an earlier process closed for speed', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'total', questions: 1000 }, { kind: 'trees', opened: 500, closed: 480, failed: 0 });
    at(5000, started);
    at(25_000, closed(20));
    expect(meter.snapshot()).toMatchObject({ questions: { done: 500 }, etaMs: 500_000 }); // 500 to go at 20 / 20 s
  });

  it('follows settled questions where the stage has no trees', () => {
    const clock = { nowMs: 0 };
    const meter = createMeter({ now: () => clock.nowMs, rssBytes: () => 0, questionStage: 'probe' });
    meter.observer({ kind: 'settled', stage: 'probe', partition: 0, ok: 40, failed: 0, dropped: 0 }); // by an earlier process
    meter.observer({ kind: 'total', questions: 100 });
    meter.observer(started);
    clock.nowMs = 10_000;
    meter.observer({ kind: 'settled', stage: 'probe', partition: 1, ok: 8, failed: 1, dropped: 1 });
    expect(meter.snapshot()).toMatchObject({ questions: { done: 50 }, etaMs: 50_000 }); // 50 to go at 10 / 10 s
  });

  it('follows the last 200 closings', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'total', questions: 10_000 }, started);
    for (let tree = 1; tree <= 300; tree += 1) at(tree * 10_000, closed(1)); // one in ten seconds
    for (let tree = 1; tree <= 200; tree += 1) at(3_000_000 + tree * 1000, closed(1)); // then one a second
    expect(meter.snapshot().etaMs).toBe(9_500_000); // 9500 to go at one a second
  });

  it('stays finite when many trees close at once', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'total', questions: 2000 }, started);
    at(1000, closed(1));
    at(20_000, closed(500));
    expect(meter.snapshot().etaMs).toBe(56_962); // 1499 to go at 500 / 19 s: the window begins after the first
  });

  it('leaves pauses out', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'total', questions: 20 }, started);
    at(10_000, closed(10));
    at(10_000, { kind: 'paused', of: 'policy', code: 'MODEL_UNREACHABLE', message: 'refused', retryInMs: 1000 });
    at(3_610_000);
    expect(meter.snapshot().etaMs).toBe(10_000);
    at(3_610_000, { kind: 'resumed', of: 'policy', afterMs: 3_600_000 });
    at(3_615_000, closed(5));
    expect(meter.snapshot().etaMs).toBe(5000);
  });

  it('is nothing when all is done, dropped and failed questions included', () => {
    const { meter, at } = meterAt();
    at(0, { kind: 'total', questions: 3 }, { kind: 'trees', opened: 2, closed: 1, failed: 1 }, { kind: 'settled', stage: 'expand', partition: 0, ok: 1, failed: 1, dropped: 1 });
    expect(meter.snapshot()).toMatchObject({ questions: { total: 3, done: 3 }, etaMs: 0 });
  });
});
