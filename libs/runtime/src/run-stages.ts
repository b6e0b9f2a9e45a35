// Runs stages in one process: joins them to the broker, follows assignments, ends, drains or stops them together.
import type { Broker, Membership } from '@slowthink/broker';
import { FaultError, crossPoint } from '@slowthink/faults';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgressRecord, Topic } from '@slowthink/records';
import { addLedgers, ledgerProblem, type Credits, type LedgerCounts, type Observer, type Stage, type StageState } from '@slowthink/stream';
import { endsAt, type CommitSettings } from './commit-queue.ts';
import { PartitionRun } from './partition-run.ts';

/** A stage with what it needs to run. `Deps` is the stage's own business. */
export interface StageSetup<Deps = never> {
  readonly stage: Stage<Deps>;
  readonly deps: Deps;
  readonly credits: { readonly [name: string]: Credits };
  /** Credits that stand for calls in flight: while one is held the stage is not idle. */
  readonly calls: readonly string[];
}

/** A setup whose types agree, with its own `Deps` closed over: what `runStages` takes. */
export const bindStage = <Deps>(setup: StageSetup<Deps>): StageSetup => setup as unknown as StageSetup;

export interface RunOptions {
  readonly broker: Broker;
  readonly observer: Observer;
  readonly commit: CommitSettings;
  readonly admit: (topic: Topic, signal: AbortSignal) => Promise<void>;
  /** follow: until drained. end: until the last `end` of every partition is settled. idle: also when nothing is left to do (a single stage on the embedded broker). */
  readonly until: 'follow' | 'end' | 'idle';
  readonly drainMs: number;
}

export interface StageReport {
  readonly name: string;
  readonly ledger: LedgerCounts;
}

const isFenced = (error: unknown): boolean => error instanceof FaultError && error.code === 'TASK_FENCED';

const openAgainMs = 3000;
const fencedMax = 10; // in a row: two programs that use the same names
const inARowMs = 60_000;
const standbyMs = 500;

/** Whether the last end of every topic was settled and nothing was delivered behind it. */
const hasEnded = (progress: ProgressRecord | undefined, reads: readonly Topic[]): boolean => progress !== undefined && reads.every(({ name }) => {
  const position = progress.positions[name];
  return position?.unsettled.length === 0 && endsAt(progress.notes, name) === position.next;
});

/** One stage over the partitions this process owns. */
class StageRun {
  readonly setup: StageSetup;
  readonly #options: RunOptions;
  readonly #runs = new Map<number, PartitionRun<never>>();
  readonly #owned = new Set<number>();
  readonly #fenced = new Map<number, { readonly times: number; readonly at: number }>(); // how often in a row a partition was taken while it was ours
  #assigned = false; // the first assignment has come; it may be of no partition
  readonly #over = Promise.withResolvers<void>();
  #membership: Membership | undefined;
  #settled = false;
  #stageEnded = false;
  #closing = false; // drained or stopped: no partition is opened any more

  constructor(setup: StageSetup, options: RunOptions) {
    this.setup = setup;
    this.#options = options;
    this.#over.promise.catch(() => {});
  }

  get over(): Promise<void> { return this.#over.promise; }
  get done(): boolean { return this.#settled; }
  get ledger(): LedgerCounts { return addLedgers([...this.#runs.values()].map((run) => run.ledger)); }

  get state(): StageState {
    const of = [...this.#runs.values()].map(({ lifecycle }) => lifecycle);
    const running = of.filter((lifecycle) => lifecycle === 'running').length;
    const lifecycle = this.#settled ? 'stopped' : this.#closing ? 'draining' : this.#assigned && running === of.length ? 'running' : 'starting';
    return { name: this.setup.stage.name, lifecycle, partitions: of.length, running, treesOpen: this.ledger.open };
  }

  async start(): Promise<void> {
    const { stage } = this.setup;
    this.#membership = await this.#options.broker.join(stage.name, stage.reads.map(({ name }) => name));
    const follow = async (): Promise<void> => {
      for await (const { gained, lost } of this.#membership!.assignments) {
        for (const partition of lost) { this.#owned.delete(partition); this.#fenced.delete(partition); await this.#lose(partition); }
        for (const partition of gained) { this.#owned.add(partition); await this.#lose(partition); this.#open(partition); }
        this.#assigned = true;
      }
    };
    follow().catch((error: unknown) => this.#end(error));
    if (!this.#options.broker.exclusive) this.#watchOthers().catch((error: unknown) => this.#end(error));
  }

  /** No partition has anything left to do: the input has ended and is settled or, with `idle`, nothing can go on. Where there are other workers, in their partitions too: one that ends sooner could leave while a partition is on its way to it. */
  get finished(): boolean {
    return this.#settled || (this.#ownFinished && (this.#options.broker.exclusive || this.#stageEnded));
  }

  get #ownFinished(): boolean {
    if (!this.#assigned || this.#runs.size < this.#owned.size || this.setup.calls.some((name) => (this.setup.credits[name]?.held ?? 0) > 0)) return false;
    return [...this.#runs.values()].every((run) => run.finished || (this.#options.until === 'idle' && run.idle));
  }

  /** Partitions are given up when their calls in flight are finished and committed: whoever gets them asks none of them again. */
  drain(): void {
    this.#closing = true;
    const running = [...this.#runs.values()];
    for (const run of running) run.drain();
    Promise.all(running.map((run) => run.over.catch((error: unknown) => { if (!isFenced(error)) throw error; }))).then(() => this.#end(), (error: unknown) => this.#end(error));
  }

  stop(): void {
    this.#closing = true;
    void this.#membership?.leave();
    for (const run of this.#runs.values()) run.stop();
    this.#end();
  }

  /** A partition that went to somebody else, or comes again: its old run is stopped and over before anything new begins. */
  async #lose(partition: number): Promise<void> {
    const run = this.#runs.get(partition);
    if (!run) return;
    this.#runs.delete(partition);
    run.stop();
    await run.over.catch(() => {}); // what it failed with is no matter of its new owner
  }

  #open(partition: number): void {
    if (this.#closing || this.#settled) return;
    const { stage, deps, credits } = this.setup;
    const { broker, observer, commit, admit } = this.#options;
    const run = new PartitionRun({ stage, deps, broker, partition, credits, observer, commit, admit });
    this.#runs.set(partition, run);
    run.over.then(() => {}, (error: unknown) => {
      if (!isFenced(error)) { this.#end(error); return; }
      if (this.#runs.get(partition) !== run) return;
      this.#runs.delete(partition); // its new owner goes on
      if (!broker.exclusive) this.#openAgain(partition, error);
    });
    void run.start();
  }

  /** A partition that was taken and is still ours in the group: a worker that was slow to notice that it had lost it. Claimed again in a while, then from what is committed. */
  #openAgain(partition: number, error: unknown): void {
    const before = this.#fenced.get(partition);
    const times = before !== undefined && performance.now() - before.at < inARowMs ? before.times + 1 : 1;
    this.#fenced.set(partition, { times, at: performance.now() });
    if (times > fencedMax) { this.#end(error); return; }
    setTimeout(() => { if (this.#owned.has(partition) && !this.#runs.has(partition)) this.#open(partition); }, openAgainMs).unref();
  }

  /** A worker whose own partitions have ended stands by until the others have ended theirs. */
  async #watchOthers(): Promise<void> {
    const { stage } = this.setup;
    const { broker, until } = this.#options;
    const partitions = until === 'follow' ? [] : await broker.ranges(stage.reads[0]!.name);
    while (!this.#closing && !this.#settled && partitions.length > 0) {
      if (this.#ownFinished) {
        const standing = new Map((await broker.progress()).filter(({ stage: name }) => name === stage.name).map((record) => [record.partition, record]));
        this.#stageEnded = partitions.every(({ partition }) => hasEnded(standing.get(partition), stage.reads));
      } else this.#stageEnded = false;
      await sleep(standbyMs, undefined, { ref: false });
    }
  }

  #end(error?: unknown): void {
    if (this.#settled) return;
    this.#settled = true;
    crossPoint('stage.leaving', this.setup.stage.name);
    void this.#membership?.leave();
    for (const run of this.#runs.values()) if (error !== undefined) run.stop();
    if (error === undefined) this.#over.resolve(); else this.#over.reject(error);
  }
}

export interface RunningStages {
  /** Resolves with the ledgers when every stage is over; rejects with the first failure, after the other stages have drained. */
  readonly over: Promise<readonly StageReport[]>;
  drain(): void;
  stop(): void;
  ledgers(): readonly StageReport[];
  /** How far each stage is now, for whoever watches. */
  states(): readonly StageState[];
}

const quietTicksMin = 6; // 300 ms in which nothing came, longer than a commit takes to reach its reader

/** Starts all stages; they end by themselves as `until` says, or by `drain` (within `drainMs`, then at once). */
export async function runStages(setups: readonly StageSetup[], options: RunOptions): Promise<RunningStages> {
  const runs = setups.map((setup) => new StageRun(setup, options));
  const ledgers = () => runs.map((run) => ({ name: run.setup.stage.name, ledger: run.ledger }));
  let deadline: NodeJS.Timeout | undefined;
  const stop = () => { for (const run of runs) if (!run.done) run.stop(); };
  const drain = () => {
    for (const run of runs) if (!run.done) run.drain();
    deadline ??= setTimeout(() => {
      options.observer({ kind: 'note', level: 'warn', message: `The drain took longer than ${options.drainMs} ms: calls in flight are cut, their records stay unsettled and will be asked again.` });
      stop();
    }, options.drainMs);
  };
  for (const run of runs) await run.start();
  // Stages end together: one that has nothing to do now may get more from the others, a second batch above all.
  let quietTicks = 0;
  const ticker = setInterval(() => {
    quietTicks = options.until !== 'follow' && runs.every((run) => run.finished) ? quietTicks + 1 : 0;
    if (quietTicks === quietTicksMin) for (const run of runs) run.drain();
  }, 50);
  const over = (async () => {
    try {
      await Promise.all(runs.map((run) => run.over));
      return ledgers();
    } catch (error) {
      drain();
      await Promise.allSettled(runs.map((run) => run.over));
      throw error;
    } finally {
      clearInterval(ticker);
      clearTimeout(deadline);
    }
  })();
  over.catch(() => {});
  return { over, drain, stop, ledgers, states: () => runs.map(({ state }) => state) };
}

/** Law 1 over the ledgers of a run; LEDGER_BROKEN names the stage and the numbers. */
export function checkLedgers(reports: readonly StageReport[]): void {
  const problems = reports.flatMap(({ name, ledger }) => ledgerProblem(name, ledger) ?? []);
  if (problems.length > 0) throw new FaultError('LEDGER_BROKEN', problems.join(' '));
}

