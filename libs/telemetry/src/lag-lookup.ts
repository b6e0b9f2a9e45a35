/** Unread records of a stage in a topic, all partitions together. */
export interface Lag { readonly stage: string; readonly topic: string; readonly lag: number }

export interface LagLookupOptions {
  /** Asks the log; may be slow, and may fail while the log is away. Rows of one stage and topic are added up. */
  readonly look: () => Promise<readonly Lag[]>;
  /** An answer is good for so long: however often somebody asks, the log is asked no more often. */
  readonly goodForMs: number;
  /** Who asks waits no longer than this: the rest of the metrics matters most while the log is away. */
  readonly waitMs: number;
  readonly now: () => number;
}

/** The lag as of at most `goodForMs` ago; undefined where the log did not say in time or failed. One look-up at a time. */
export function lagLookup({ look, goodForMs, waitMs, now }: LagLookupOptions): () => Promise<readonly Lag[] | undefined> {
  let known: { readonly rows: readonly Lag[] | undefined; readonly atMs: number } | undefined;
  let looking: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    const rows = await look().then(added, () => undefined);
    known = { rows, atMs: now() };
    looking = undefined;
  };
  return async () => {
    if (known !== undefined && now() - known.atMs < goodForMs) return known.rows;
    const askedMs = now();
    looking ??= start();
    let timer: NodeJS.Timeout | undefined;
    await Promise.race([looking, new Promise<void>((resolve) => { timer = setTimeout(resolve, waitMs); timer.unref(); })]);
    clearTimeout(timer);
    return known !== undefined && known.atMs >= askedMs ? known.rows : undefined;
  };
}

function added(rows: readonly Lag[]): readonly Lag[] {
  const sums = new Map<string, Lag>();
  for (const row of rows) sums.set(`${row.stage}/${row.topic}`, { stage: row.stage, topic: row.topic, lag: row.lag + (sums.get(`${row.stage}/${row.topic}`)?.lag ?? 0) });
  return [...sums.values()];
}
