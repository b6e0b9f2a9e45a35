// Collects the emissions of one partition and commits them in order: outputs, settled offsets and ledger in one transaction.
import type { NewRecord, Task } from '@slowthink/broker';
import { crossPoint } from '@slowthink/faults';
import { encodeRecord, type EndRecord, type ProgressRecord } from '@slowthink/records';
import { closeInLedger, settleInLedger, type Delivery, type Emission, type LedgerCounts, type Observer, type Positions } from '@slowthink/stream';
import { patiently } from './patiently.ts';

export interface CommitSettings {
  /** Records (outputs + settled) that trigger a commit. */
  readonly records: number;
  /** Oldest an emission may get before it is committed. */
  readonly ms: number;
  /** Uncommitted records above which the partition's gates hold. */
  readonly pendingMax: number;
  /** A commit that fails for want of room is tried again for this long. */
  readonly giveUpMs: number;
}

export interface CommitState {
  ledger: LedgerCounts;
  notes: { [name: string]: unknown };
}

/** Offset behind the last settled end of a topic, from the notes of a progress record. */
export const endsAt = (notes: CommitState['notes'], topic: string): number | undefined => (notes['ends'] as { readonly [topic: string]: number } | undefined)?.[topic];

/** Offsets behind the last record of each topic that was one of ours, and behind the last that was not. */
export interface Strays {
  readonly ours: ReadonlyMap<string, number>;
  readonly others: ReadonlyMap<string, number>;
}

/** One transaction in flight; while it runs the next one grows, so that slow commits become wide ones, and it waits until it is full or its oldest emission is `ms` old: quick commits do not become many small ones. */
export class CommitQueue {
  #task: Task;
  #positions: ReadonlyMap<string, Positions>;
  #state: CommitState;
  #settings: CommitSettings;
  #observer: Observer;
  #restorePoint: () => { readonly [topic: string]: number };
  #pending: Emission[] = [];
  #pendingRecords = 0;
  #waitingRecords = 0; // of them, those that no transaction holds yet
  #oldestAt = 0; // when the first of them came
  #timer: NodeJS.Timeout | undefined;
  #committing: Promise<void> | undefined;
  #failure: unknown;
  #room = new Set<() => void>();
  #given = new AbortController(); // aborted: nobody waits for a commit any more
  #fail: (error: unknown) => void;
  #committed: () => void;
  #strays: Strays;

  constructor(options: { readonly task: Task; readonly positions: ReadonlyMap<string, Positions>; readonly state: CommitState; readonly settings: CommitSettings; readonly observer: Observer; readonly restorePoint: () => { readonly [topic: string]: number }; readonly fail: (error: unknown) => void; readonly committed: () => void; readonly strays?: Strays }) {
    this.#task = options.task;
    this.#positions = options.positions;
    this.#state = options.state;
    this.#settings = options.settings;
    this.#observer = options.observer;
    this.#restorePoint = options.restorePoint;
    this.#fail = options.fail;
    this.#committed = options.committed;
    this.#strays = options.strays ?? { ours: new Map(), others: new Map() };
  }

  get empty(): boolean { return this.#pending.length === 0 && this.#committing === undefined; }

  add(emission: Emission): void {
    if (this.#pending.length === 0) this.#oldestAt = performance.now();
    this.#pending.push(emission);
    this.#pendingRecords += emission.outputs.length + emission.settled.length;
    this.#waitingRecords += emission.outputs.length + emission.settled.length;
    this.#due();
  }

  /** Starts a transaction that is full, or sees to it that it starts in time. */
  #due(): void {
    if (this.#committing !== undefined || this.#pending.length === 0) return;
    if (this.#waitingRecords >= this.#settings.records) this.#start();
    else this.#timer ??= setTimeout(() => this.#start(), Math.max(0, this.#oldestAt + this.#settings.ms - performance.now()));
  }

  /** Resolves when fewer than `pendingMax` records wait: what holds the gates while commits are slow. */
  async room(signal: AbortSignal): Promise<void> {
    while (this.#pendingRecords > this.#settings.pendingMax && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const go = (): void => { this.#room.delete(go); signal.removeEventListener('abort', go); resolve(); };
        this.#room.add(go);
        signal.addEventListener('abort', go, { once: true });
      });
    }
    signal.throwIfAborted();
  }

  /** Commits what is pending and resolves when nothing is left; rejects with what stopped it. */
  async flush(): Promise<void> {
    while (!this.empty && this.#failure === undefined) { this.#start(); await this.#committing; }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Forgets what is pending: the partition is lost or the process stops at once. */
  abandon(): void {
    clearTimeout(this.#timer);
    this.#pending = [];
    this.#pendingRecords = this.#waitingRecords = 0;
    this.#failure ??= new Error('abandoned');
    this.#given.abort(this.#failure);
  }

  #start(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#committing !== undefined || this.#pending.length === 0 || this.#failure !== undefined) return;
    this.#committing = this.#commit().then(
      () => { this.#committing = undefined; this.#due(); },
      (error: unknown) => { this.#committing = undefined; if (this.#failure === undefined) { this.#failure = error; this.#fail(error); } },
    );
  }

  async #commit(): Promise<void> {
    const emissions = this.#pending;
    this.#pending = [];
    this.#waitingRecords = 0;
    const outputs: NewRecord[] = [];
    let { ledger } = this.#state;
    const before = ledger;
    let folded = 0;
    for (const emission of emissions) {
      for (const output of emission.outputs) outputs.push({ topic: output.topic.name, partition: this.#task.partition, key: output.key, value: encodeRecord(output.value) });
      for (const { delivery, verdict } of emission.settled) {
        this.#positions.get(delivery.topic)!.settle(delivery.offset);
        ledger = settleInLedger(ledger, verdict);
        if (verdict === 'folded') folded++;
        if (verdict === 'ended') this.#noteEnd(delivery as Delivery<EndRecord>);
      }
      for (const verdict of emission.closed ?? []) ledger = closeInLedger(ledger, verdict);
    }
    this.#endBehindStrays();
    this.#state.ledger = ledger;
    const progress: ProgressRecord = {
      type: 'progress', v: 1, stage: this.#task.stage, partition: this.#task.partition,
      positions: Object.fromEntries([...this.#positions].map(([topic, positions]) => [topic, positions.position()])),
      restore: this.#restorePoint(), ledger, notes: { ...this.#state.notes },
    };
    crossPoint('commit.made', this.#task.stage);
    const { offsets } = await patiently(() => this.#task.commit({ outputs, progress }), { observer: this.#observer, giveUpMs: this.#settings.giveUpMs, signal: this.#given.signal });
    crossPoint('commit.written', this.#task.stage);
    let at = 0;
    for (const emission of emissions) {
      emission.committed?.(offsets.slice(at, at + emission.outputs.length));
      at += emission.outputs.length;
      this.#pendingRecords -= emission.outputs.length + emission.settled.length;
    }
    for (const go of this.#room) go(); // each takes itself out
    this.#committed();
    crossPoint('commit.counted', this.#task.stage);
    const closed = emissions.flatMap((emission) => emission.closed ?? []);
    const opened = ledger.open - before.open + closed.length;
    if (opened > 0 || closed.length > 0) this.#observer({ kind: 'trees', opened, closed: closed.filter((verdict) => verdict === 'ok').length, failed: closed.filter((verdict) => verdict === 'failed').length });
    const settled = { ok: ledger.ok - before.ok, failed: ledger.failed - before.failed, dropped: ledger.dropped - before.dropped };
    if (settled.ok + settled.failed + settled.dropped + folded > 0) this.#observer({ kind: 'settled', stage: this.#task.stage, partition: this.#task.partition, ...settled });
    for (const emission of emissions) for (const { value } of emission.outputs) if (value.type === 'fault') this.#observer({ kind: 'fault', stage: value.stage, code: value.code, message: value.message });
  }

  /** What others wrote behind the last end of a topic begins no new batch: the end stands behind it. */
  #endBehindStrays(): void {
    const { notes } = this.#state;
    for (const [topic, others] of this.#strays.others) {
      const end = endsAt(notes, topic);
      if (end !== undefined && others > end && (this.#strays.ours.get(topic) ?? 0) <= end) notes['ends'] = { ...(notes['ends'] as object), [topic]: others };
    }
  }

  #noteEnd({ topic, offset, value }: Delivery<EndRecord>): void {
    crossPoint('end.settled', this.#task.stage);
    const { notes } = this.#state;
    notes['ends'] = { ...(notes['ends'] as object | undefined), [topic]: Math.max(endsAt(notes, topic) ?? 0, offset + 1) };
    const announced = (notes['announced'] as { readonly [topic: string]: number } | undefined) ?? {};
    notes['announced'] = { ...announced, [topic]: (announced[topic] ?? 0) + value.count };
  }
}
