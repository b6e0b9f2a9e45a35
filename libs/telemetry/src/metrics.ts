import { readFileSync } from 'node:fs';
import { faultTable } from '@slowthink/faults';
import type { Observer, Signal, StageState, WaitedFor } from '@slowthink/stream';
import { noPrices, type Prices } from './cost.ts';
import { lagLookup, type Lag } from './lag-lookup.ts';
import { metricTable, type MetricName } from './metric-table.ts';
import type { Readiness } from './readiness.ts';

export interface Metrics {
  readonly observer: Observer;
  /** From now on the process has stages: their open trees and their lag are looked up when somebody asks. */
  follow(followed: { readonly states: () => readonly StageState[]; readonly lag: () => Promise<readonly Lag[]> }): void;
  /** The Prometheus text format 0.0.4. */
  text(): Promise<{ readonly contentType: string; readonly body: string }>;
}

export interface MetricsOptions {
  readonly readiness: Pick<Readiness, 'report' | 'paused'>;
  readonly inFlightMax: number; // at the start
  readonly prices?: Prices;
  /** Milliseconds, never going back. */
  readonly now: () => number;
}

const lagGoodForMs = 5000;
const lagWaitMs = 2000; // a scrape gives up after 10 s by default
const secondsBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600];
const recordFaults = Object.entries(faultTable).flatMap(([code, { blame }]) => (blame === 'record' ? [code] : []));
const waitedFor = { policy: true, scorer: true, grader: true, log: true, broker: true } as const satisfies { readonly [Of in WaitedFor]: true };
const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { readonly version: string };

/**
 * The metrics of `metricTable` in a registry of their own, with the process metrics of prom-client beside them. Signals are added up in constant time; what `earlier` processes did is left out, since a counter begins with its process.
 * prom-client is loaded here, so that a process that does not listen pays nothing for it.
 */
export async function createMetrics({ readiness, inFlightMax, prices = noPrices, now }: MetricsOptions): Promise<Metrics> {
  const { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } = await import('prom-client');
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const declared = (name: MetricName) => ({ name, help: metricTable[name].what, labelNames: [...metricTable[name].labels], registers: [registry] });
  const counter = (name: MetricName, label = '', ...values: readonly string[]) => {
    const made = new Counter<string>(declared(name));
    for (const value of values) made.inc({ [label]: value }, 0); // a rate over the first event needs the 0 before it
    return made;
  };
  const asked = (name: MetricName, value: () => number) => new Gauge({ ...declared(name), collect() { this.set(value()); } });
  let states: () => readonly StageState[] = () => [];
  let lag: () => Promise<readonly Lag[] | undefined> = () => Promise.resolve(undefined);

  new Gauge(declared('slowthink_build_info')).set({ version }, 1);
  asked('slowthink_ready', () => (readiness.report().ready ? 1 : 0));
  new Gauge<string>({ ...declared('slowthink_paused'), collect() { const paused = readiness.paused(); for (const of of Object.keys(waitedFor) as WaitedFor[]) this.set({ of }, paused.has(of) ? 1 : 0); } });
  asked('slowthink_trees_open', () => states().reduce((sum, { treesOpen }) => sum + treesOpen, 0));
  new Gauge<string>({ ...declared('slowthink_lag_records'), async collect() { const rows = await lag(); this.reset(); for (const { stage, topic, lag: unread } of rows ?? []) this.set({ stage, topic }, unread); } });
  const records = counter('slowthink_records_total');
  const treesClosed = counter('slowthink_trees_closed_total', 'outcome', 'ok', 'failed');
  const inFlight = new Gauge(declared('slowthink_requests_in_flight'));
  const limit = new Gauge(declared('slowthink_requests_in_flight_max'));
  limit.set(inFlightMax);
  const requests = counter('slowthink_requests_total', 'outcome', 'answered', 'failed');
  const retries = counter('slowthink_request_retries_total');
  const seconds = new Histogram({ ...declared('slowthink_request_seconds'), buckets: secondsBuckets });
  const samples = counter('slowthink_samples_total');
  const tokens = counter('slowthink_tokens_total', 'kind', 'prompt', 'completion');
  const cost = prices.input === null && prices.output === null ? undefined : counter('slowthink_cost_total');
  const verdicts = counter('slowthink_verdicts_total', 'outcome', 'judged', 'cached', 'failed');
  const judgeTokens = counter('slowthink_judge_tokens_total', 'kind', 'prompt', 'completion');
  const faults = counter('slowthink_faults_total');
  const rows = counter('slowthink_rows_total');

  const request = ({ change, samples: written = 0, promptTokens = 0, completionTokens = 0, ms = 0 }: Extract<Signal, { readonly kind: 'request' }>): void => {
    if (change === 'retried') { retries.inc(); return; }
    if (change === 'started') { inFlight.inc(); return; }
    inFlight.dec();
    requests.inc({ outcome: change });
    if (change === 'failed') return;
    seconds.observe(ms / 1000);
    samples.inc(written);
    tokens.inc({ kind: 'prompt' }, promptTokens);
    tokens.inc({ kind: 'completion' }, completionTokens);
    cost?.inc((promptTokens * (prices.input ?? 0) + completionTokens * (prices.output ?? 0)) / 1e6);
  };
  const observer: Observer = (signal) => {
    switch (signal.kind) {
      case 'settled': if (signal.earlier !== true) for (const outcome of ['ok', 'failed', 'dropped'] as const) records.inc({ stage: signal.stage, outcome }, signal[outcome]); return;
      case 'trees': treesClosed.inc({ outcome: 'ok' }, signal.closed); treesClosed.inc({ outcome: 'failed' }, signal.failed); return;
      case 'request': request(signal); return;
      case 'graded':
        if (signal.change !== 'spent') verdicts.inc({ outcome: signal.change });
        judgeTokens.inc({ kind: 'prompt' }, signal.promptTokens ?? 0);
        judgeTokens.inc({ kind: 'completion' }, signal.completionTokens ?? 0);
        return;
      case 'limit': limit.set(signal.inFlightMax); return;
      case 'fault': faults.inc({ stage: signal.stage, code: signal.code }); return;
      case 'rows': rows.inc({ table: signal.table }, signal.count); return;
      case 'paused': case 'resumed': return; // readiness knows
      case 'import': case 'total': case 'note': return;
    }
  };

  return {
    observer,
    follow(followed) {
      states = followed.states;
      lag = lagLookup({ look: followed.lag, goodForMs: lagGoodForMs, waitMs: lagWaitMs, now });
      for (const { name: stage } of states()) {
        for (const outcome of ['ok', 'failed', 'dropped']) records.inc({ stage, outcome }, 0);
        for (const code of recordFaults) faults.inc({ stage, code }, 0);
      }
    },
    text: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
