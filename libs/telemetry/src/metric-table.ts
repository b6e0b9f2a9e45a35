// Every metric of a process that listens: one row each. docs/metrics.md is printed from it. Counters count what this process did, from 0 at its start.
export interface MetricRow {
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly unit: string;
  /** One sentence; the help text of the metric. */
  readonly what: string;
  /** When to wake somebody, or look: an expression and why. */
  readonly alert?: string;
}

const row = (type: MetricRow['type'], labels: readonly string[], unit: string, what: string, alert?: string): MetricRow => ({ type, labels, unit, what, ...(alert === undefined ? {} : { alert }) });

export const metricTable = {
  slowthink_build_info: row('gauge', ['version'], '1', 'Version of Slowthink.'),
  slowthink_ready: row('gauge', [], '0, 1', '1 while /readyz answers 200.', '`slowthink_ready == 0` for longer than a start takes'),
  slowthink_paused: row('gauge', ['of'], '0, 1', '1 while the process waits for the policy, the scorer, the grader or the log; nothing is lost meanwhile.', '`min_over_time(slowthink_paused[10m]) == 1`: /readyz names the fault; after `--give-up` the process ends with exit code 3'),
  slowthink_records_total: row('counter', ['stage', 'outcome'], 'records', 'Inputs of a stage by how they ended: ok, failed, dropped.', '`rate(slowthink_records_total{outcome="failed"}[15m]) > 0`: "slowthink inspect faults" shows them'),
  slowthink_lag_records: row('gauge', ['stage', 'topic'], 'records', 'Unread records of a topic that a stage reads, all partitions and all workers together, at most 5 s old; absent while the log does not answer.', '`min_over_time(max by (stage, topic) (slowthink_lag_records)[1h:]) > 5000`: the stage does not keep up'),
  slowthink_trees_open: row('gauge', [], 'trees', 'Trees that this process holds open.'),
  slowthink_trees_closed_total: row('counter', ['outcome'], 'trees', 'Trees by how they closed: ok, failed.', '`sum without (outcome) (rate(slowthink_trees_closed_total[1h])) == 0 and slowthink_trees_open > 0`: no tree gets done'),
  slowthink_requests_in_flight: row('gauge', [], 'requests', 'Requests that the policy has before it now.'),
  slowthink_requests_in_flight_max: row('gauge', [], 'requests', 'Requests that may be in flight at once: models.inFlight, or fewer while the server is overloaded.', '`slowthink_requests_in_flight_max < 8` for an hour: the server is overloaded'),
  slowthink_requests_total: row('counter', ['outcome'], 'requests', 'Requests that were sent to the policy, by how they ended: answered, failed (also those that were cut off, and those that were sent again).', '`rate(slowthink_requests_total{outcome="failed"}[15m]) / ignoring(outcome) sum without (outcome) (rate(slowthink_requests_total[15m])) > 0.05`'),
  slowthink_request_retries_total: row('counter', [], 'requests', 'Requests that were sent once more after a fault that can pass.'),
  slowthink_request_seconds: row('histogram', [], 'seconds', 'Time from sending a request to its whole answer; requests without an answer are not in it.', '`histogram_quantile(0.95, rate(slowthink_request_seconds_bucket[15m]))` above what models.timeoutMs leaves room for'),
  slowthink_samples_total: row('counter', [], 'samples', 'Texts that the policy wrote.'),
  slowthink_tokens_total: row('counter', ['kind'], 'tokens', 'Tokens of the policy: prompt, completion.', '`rate(slowthink_tokens_total{kind="completion"}[15m])` far below what the server gives'),
  slowthink_cost_total: row('counter', [], 'money', 'What the tokens of the policy cost at models.priceInput and models.priceOutput, in their currency; absent without a price.', '`sum(increase(slowthink_cost_total[1d]))` above what may be spent'),
  slowthink_verdicts_total: row('counter', ['outcome'], 'answers', 'Answers put to a program or a chat model that judges: judged, cached (the same text had a verdict), failed.', '`rate(slowthink_verdicts_total{outcome="failed"}[15m]) > 0`'),
  slowthink_judge_tokens_total: row('counter', ['kind'], 'tokens', 'Tokens of a chat model that judges: prompt, completion. They are in neither slowthink_tokens_total nor slowthink_cost_total.'),
  slowthink_faults_total: row('counter', ['stage', 'code'], 'records', 'Records that went to the topic faults, by stage and code (docs/faults.md).', '`sum by (code) (rate(slowthink_faults_total[15m])) > 0`'),
  slowthink_rows_total: row('counter', ['table'], 'rows', 'Rows written to Parquet parts, by table.'),
} as const satisfies { readonly [name: string]: MetricRow };

export type MetricName = keyof typeof metricTable;
