// A strict reader of the Prometheus text format 0.0.4, for tests: what it takes, Prometheus takes (https://prometheus.io/docs/instrumenting/exposition_formats/).

export interface Exposition {
  /** counter, gauge, histogram, summary or untyped, by metric. */
  readonly types: ReadonlyMap<string, string>;
  /** By series as `seriesOf` writes it. */
  readonly values: ReadonlyMap<string, number>;
  /** The one series of this metric with these labels; throws where there is none. */
  value(metric: string, labels?: { readonly [label: string]: string }): number;
}

// Numbers are what Go's ParseFloat takes, which reads NaN and Inf in any case; prom-client writes Nan.
const name = '[a-zA-Z_:][a-zA-Z0-9_:]*';
const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"';
const sample = new RegExp(`^(${name})(?:\\{((?:${label})(?:,${label})*)?,?\\})? ([+-]?[Ii]nf|[Nn]a[Nn]|[+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)(?: -?\\d+)?$`);
const help = new RegExp(`^# HELP (${name}) (?:[^\\\\]|\\\\[\\\\n])*$`);
const type = new RegExp(`^# TYPE (${name}) (counter|gauge|histogram|summary|untyped)$`);

/** Throws an Error with the line: one TYPE and HELP a metric and before its samples, samples of a metric together, no series twice, counters named _total and not negative, histograms cumulative with +Inf = count. */
export function readExposition(body: string): Exposition {
  if (!body.endsWith('\n')) throw new Error('The last line has no end.');
  const types = new Map<string, string>();
  const helped = new Set<string>();
  const values = new Map<string, number>();
  let current = '';
  for (const line of body.split('\n').filter((one) => one !== '')) {
    const refuse = (why: string): Error => new Error(`${why}: ${line}`);
    if (line.startsWith('#')) {
      const [, typed, kind] = type.exec(line) ?? [];
      const [, told] = help.exec(line) ?? [];
      if (typed === undefined && told === undefined) throw refuse('neither HELP nor TYPE');
      if (told !== undefined && helped.size === helped.add(told).size) throw refuse('HELP twice');
      if (typed !== undefined) {
        if (types.has(typed)) throw refuse('TYPE twice');
        if (kind === 'counter' && !typed.endsWith('_total')) throw refuse('a counter without _total');
        types.set(typed, kind!);
        current = typed;
      }
      continue;
    }
    const [, metric, labels = '', text] = sample.exec(line) ?? [];
    if (metric === undefined) throw refuse('no sample');
    const family = types.get(current) === 'histogram' ? metric.replace(/_(?:bucket|sum|count)$/, '') : metric;
    if (family !== current || !helped.has(current)) throw refuse(`a sample that stands under ${current}`);
    const series = seriesOf(metric, Object.fromEntries([...labels.matchAll(new RegExp(label, 'g'))].map(([pair]) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 2, -1)])));
    if (values.has(series)) throw refuse('a series twice');
    const value = /inf/i.test(text!) ? Infinity * (text!.startsWith('-') ? -1 : 1) : Number(text);
    if (types.get(current) === 'counter' && !(value >= 0 && value < Infinity)) throw refuse('a counter that is no count');
    values.set(series, value);
  }
  for (const [metric, kind] of types) if (kind === 'histogram') checkHistogram(metric, values);
  return {
    types, values,
    value(metric, labels = {}) {
      const found = values.get(seriesOf(metric, labels));
      if (found === undefined) throw new Error(`There is no ${seriesOf(metric, labels)} among ${[...values.keys()].filter((one) => one.startsWith(metric)).join(' ') || 'the series'}.`);
      return found;
    },
  };
}

/** `metric{a="1",b="2"}` with labels in the order of their names. */
export const seriesOf = (metric: string, labels: { readonly [label: string]: string } = {}): string => {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `${key}="${value}"`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`;
};

function checkHistogram(metric: string, values: Exposition['values']): void {
  const buckets = Map.groupBy([...values].filter(([series]) => series.startsWith(`${metric}_bucket{`)), ([series]) => series.replace(/le="[^"]*",?/, '').replace(/,?\}$/, '').replace(/^[^{]*\{?/, ''));
  for (const [labels, rows] of buckets) {
    const counts = rows.map(([series, count]) => ({ le: Number(/le="([^"]*)"/.exec(series)![1]!.replace('+Inf', 'Infinity')), count }));
    const rising = counts.every(({ le, count }, at) => at === 0 || (le > counts[at - 1]!.le && count >= counts[at - 1]!.count));
    if (!rising || counts.at(-1)!.le !== Infinity || counts.at(-1)!.count !== values.get(`${metric}_count${labels === '' ? '' : `{${labels}}`}`)) throw new Error(`${metric}{${labels}} is no histogram: ${JSON.stringify(rows)}`);
  }
}
