// Every topic of the product. A stage names topics by these values; topology, brokers and docs read the same table.
export interface Topic {
  readonly name: string;
  /** Record types the topic holds, by their field `type`. */
  readonly types: readonly string[];
  readonly key: string;
  /** forever: the product itself. open-trees: deleted below the oldest open tree once older than the retention setting. compacted: last value a key. */
  readonly retention: 'forever' | 'open-trees' | 'compacted';
  /** Co-partitioned by question id with the others, or one partition. */
  readonly partitions: 'questions' | 'one';
  readonly what: string;
  readonly writers: readonly string[];
  readonly readers: readonly string[];
}

const byQuestion = { key: 'question id', partitions: 'questions' } as const;

export const topics = {
  questions: { name: 'questions', types: ['question', 'end'], ...byQuestion, retention: 'forever', what: 'questions with prompt and gold', writers: ['import', 'retry'], readers: ['expand', 'retry'] },
  expansions: { name: 'expansions', types: ['opened', 'chosen', 'expansion', 'simulation', 'snapshot', 'closed', 'end'], ...byQuestion, retention: 'open-trees', what: 'events of the trees that expand writes', writers: ['expand'], readers: ['rollout', 'expand (restore)'] },
  rollouts: { name: 'rollouts', types: ['rollout', 'end'], ...byQuestion, retention: 'open-trees', what: 'right / n of each node', writers: ['rollout'], readers: ['expand'] },
  completions: { name: 'completions', types: ['completions'], ...byQuestion, retention: 'open-trees', what: 'every sampled text', writers: ['rollout'], readers: [] },
  trees: { name: 'trees', types: ['tree', 'end'], ...byQuestion, retention: 'forever', what: 'closed trees: the product', writers: ['expand', 'import'], readers: ['label', 'rebuild', 'retry'] },
  trajectories: { name: 'trajectories', types: ['trajectory', 'pair', 'end'], ...byQuestion, retention: 'open-trees', what: 'labelled chains and preference pairs', writers: ['label'], readers: ['shard'] },
  parts: { name: 'parts', types: ['part'], ...byQuestion, retention: 'forever', what: 'finished Parquet parts', writers: ['shard'], readers: ['seal'] },
  seeds: { name: 'seeds', types: ['question', 'end'], ...byQuestion, retention: 'forever', what: 'questions that may be searched, before the curriculum', writers: ['import'], readers: ['probe'] },
  hardness: { name: 'hardness', types: ['hardness', 'end'], ...byQuestion, retention: 'forever', what: 'right / n of each question without a search: what the curriculum is made from', writers: ['probe'], readers: ['curriculum'] },
  solutions: { name: 'solutions', types: ['solutions'], ...byQuestion, retention: 'forever', what: 'every sampled whole solution', writers: ['probe'], readers: [] },
  benchmarkItems: { name: 'benchmark-items', types: ['question', 'end'], ...byQuestion, retention: 'forever', what: 'benchmark items with prompt and gold', writers: ['import'], readers: ['sample'] },
  candidates: { name: 'candidates', types: ['candidates', 'end'], ...byQuestion, retention: 'forever', what: 'N whole solutions of each item, ungraded', writers: ['sample'], readers: ['judge'] },
  verdicts: { name: 'verdicts', types: ['verdicts', 'end'], ...byQuestion, retention: 'forever', what: 'items with graded candidates and step values: what every number is computed from', writers: ['judge'], readers: ['evaluate'] },
  faults: { name: 'faults', types: ['fault'], ...byQuestion, retention: 'forever', what: 'records that could not be processed', writers: ['every stage'], readers: ['inspect'] },
  progress: { name: 'progress', types: ['progress'], key: 'stage/partition', partitions: 'one', retention: 'compacted', what: 'where each stage and partition stands', writers: ['every stage'], readers: ['every stage'] },
} as const satisfies Record<string, Topic>;

export type TopicName = keyof typeof topics;
