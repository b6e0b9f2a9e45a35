import type { Signal, StageState } from '@slowthink/stream';
import { expect, it } from 'vitest';
import { readExposition, type Exposition } from './conformance.ts';
import { metricTable, type MetricRow } from './metric-table.ts';
import { createMetrics } from './metrics.ts';
import { createReadiness } from './readiness.ts';

async function metricsOf(prices = { input: 2, output: 10 } as { readonly input: number | null; readonly output: number | null }) {
  const readiness = createReadiness({ now: () => 0 });
  const metrics = await createMetrics({ readiness, inFlightMax: 64, prices, now: () => 0 });
  const tell = (...signals: readonly Signal[]): void => { for (const signal of signals) { readiness.observer(signal); metrics.observer(signal); } };
  const read = async (): Promise<Exposition> => readExposition((await metrics.text()).body);
  const follow = (states: readonly StageState[], lag: () => Promise<readonly { readonly stage: string; readonly topic: string; readonly lag: number }[]> = () => Promise.resolve([])): void => { readiness.follow(() => states); metrics.follow({ states: () => states, lag }); };
  return { tell, read, follow };
}

it('has every metric of the table from the first scrape on, with its type, and says where it comes from', async () => {
  const { read } = await metricsOf();
  const { types, value } = await read();
  expect(Object.fromEntries([...types].filter(([name]) => name.startsWith('slowthink_')))).toEqual(Object.fromEntries(Object.entries<MetricRow>(metricTable).map(([name, { type }]) => [name, type])));
  expect(value('slowthink_build_info', { version: '0.1.0' })).toBe(1);
  expect([value('slowthink_ready'), value('slowthink_paused', { of: 'policy' }), value('slowthink_paused', { of: 'grader' }), value('slowthink_paused', { of: 'log' }), value('slowthink_requests_in_flight_max')]).toEqual([0, 0, 0, 0, 64]);
});

it('keeps a registry for each: what one counts, another does not', async () => {
  const [one, other] = [await metricsOf(), await metricsOf()];
  one.tell({ kind: 'request', change: 'started' });
  expect([(await one.read()).value('slowthink_requests_in_flight'), (await other.read()).value('slowthink_requests_in_flight')]).toEqual([1, 0]);
});

it('counts records by stage and outcome, from 0 for the stages it follows, and leaves out what earlier processes did', async () => {
  const { tell, read, follow } = await metricsOf();
  tell({ kind: 'settled', stage: 'expand', partition: 0, ok: 500, failed: 7, dropped: 3, earlier: true });
  follow([{ name: 'expand', lifecycle: 'running', partitions: 2, running: 2, treesOpen: 9 }, { name: 'label', lifecycle: 'running', partitions: 2, running: 2, treesOpen: 0 }]);
  tell({ kind: 'settled', stage: 'expand', partition: 0, ok: 2, failed: 1, dropped: 0 }, { kind: 'settled', stage: 'expand', partition: 1, ok: 1, failed: 0, dropped: 4 }, { kind: 'trees', opened: 5, closed: 3, failed: 1 });
  const { value } = await read();
  expect(['ok', 'failed', 'dropped'].map((outcome) => value('slowthink_records_total', { stage: 'expand', outcome }))).toEqual([3, 1, 4]);
  expect([value('slowthink_records_total', { stage: 'label', outcome: 'ok' }), value('slowthink_faults_total', { stage: 'label', code: 'RECORD_INVALID' })]).toEqual([0, 0]);
  expect(['ok', 'failed'].map((outcome) => value('slowthink_trees_closed_total', { outcome }))).toEqual([3, 1]);
  expect([value('slowthink_trees_open'), value('slowthink_ready')]).toEqual([9, 1]); // what the stages hold, not what was told
});

it('counts requests, tokens and what they cost', async () => {
  const { tell, read } = await metricsOf();
  const started: Signal = { kind: 'request', change: 'started' };
  tell(started, started, started, { kind: 'request', change: 'answered', samples: 4, promptTokens: 1000, completionTokens: 200, ms: 700 }, { kind: 'request', change: 'failed', samples: 8, ms: 40 }, { kind: 'request', change: 'retried' }, { kind: 'limit', inFlightMax: 32 });
  const { value } = await read();
  expect([value('slowthink_requests_in_flight'), value('slowthink_requests_in_flight_max'), value('slowthink_requests_total', { outcome: 'answered' }), value('slowthink_requests_total', { outcome: 'failed' }), value('slowthink_request_retries_total')]).toEqual([1, 32, 1, 1, 1]);
  expect([value('slowthink_samples_total'), value('slowthink_tokens_total', { kind: 'prompt' }), value('slowthink_tokens_total', { kind: 'completion' })]).toEqual([4, 1000, 200]);
  expect(value('slowthink_cost_total')).toBeCloseTo(0.004, 12); // 1000 · 2 + 200 · 10, a million each
  expect([value('slowthink_request_seconds_bucket', { le: '0.5' }), value('slowthink_request_seconds_bucket', { le: '1' }), value('slowthink_request_seconds_count')]).toEqual([0, 1, 1]);
});

it('has no cost without a price', async () => {
  const { read } = await metricsOf({ input: null, output: null });
  expect((await read()).types.has('slowthink_cost_total')).toBe(false);
});

it('counts verdicts, the judge\'s own tokens, faults, rows and pauses', async () => {
  const { tell, read } = await metricsOf();
  tell({ kind: 'graded', change: 'judged' }, { kind: 'graded', change: 'cached' }, { kind: 'graded', change: 'spent', promptTokens: 90, completionTokens: 5 }, { kind: 'fault', stage: 'rollout', code: 'MODEL_REFUSED', message: 'no "quotes"\n' },
    { kind: 'fault', stage: 'rollout', code: 'MODEL_REFUSED', message: 'again' }, { kind: 'rows', table: 'prm', count: 3 }, { kind: 'rows', table: 'prm', count: 2 }, { kind: 'paused', of: 'grader', code: 'GRADER_UNAVAILABLE', message: 'gone', retryInMs: 1 });
  const { value } = await read();
  expect(['judged', 'cached', 'failed'].map((outcome) => value('slowthink_verdicts_total', { outcome }))).toEqual([1, 1, 0]);
  expect([value('slowthink_judge_tokens_total', { kind: 'prompt' }), value('slowthink_judge_tokens_total', { kind: 'completion' }), value('slowthink_tokens_total', { kind: 'prompt' })]).toEqual([90, 5, 0]);
  expect([value('slowthink_faults_total', { stage: 'rollout', code: 'MODEL_REFUSED' }), value('slowthink_rows_total', { table: 'prm' }), value('slowthink_paused', { of: 'grader' }), value('slowthink_paused', { of: 'policy' })]).toEqual([2, 5, 1, 0]);
  tell({ kind: 'resumed', of: 'grader', afterMs: 5 });
  expect((await read()).value('slowthink_paused', { of: 'grader' })).toBe(0);
});

it('tells the lag where the log answers, and everything else where it does not', async () => {
  const { read, follow } = await metricsOf();
  follow([], () => Promise.resolve([{ stage: 'label', topic: 'trees', lag: 4 }, { stage: 'label', topic: 'trees', lag: 2 }]));
  expect((await read()).value('slowthink_lag_records', { stage: 'label', topic: 'trees' })).toBe(6);
  follow([], () => Promise.reject(new Error('the log is away')));
  const { values, value } = await read();
  expect([...values.keys()].filter((series) => series.startsWith('slowthink_lag_records'))).toEqual([]);
  expect(value('slowthink_samples_total')).toBe(0);
});
