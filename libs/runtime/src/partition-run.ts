// One claimed partition of one stage: readers -> gates -> operator -> commits. Lifecycle: starting, running, draining, stopped or failed.
import { FaultError, crossPoint } from '@slowthink/faults';
import { fencedTask, type Broker, type Reader, type StoredRecord, type Task } from '@slowthink/broker';
import { decodeRecord, type EndRecord, type Topic } from '@slowthink/records';
import { Positions, emptyLedger, faultOutput, gate, type Credits, type Delivery, type Emission, type GateState, type LedgerCounts, type Observer, type Stage, type StageContext } from '@slowthink/stream';
import { ReplaySubject, filter, map, merge, takeUntil, type Subscription } from 'rxjs';
import { CommitQueue, endsAt, type CommitSettings, type CommitState } from './commit-queue.ts';

export type Lifecycle = 'starting' | 'running' | 'draining' | 'stopped' | 'failed';

export interface PartitionOptions<Deps> {
  readonly stage: Stage<Deps>;
  readonly deps: Deps;
  readonly broker: Broker;
  readonly partition: number;
  readonly credits: { readonly [name: string]: Credits };
  readonly observer: Observer;
  readonly commit: CommitSettings;
  /** Awaited before a record of a topic is admitted (lag downstream). */
  readonly admit: (topic: Topic, signal: AbortSignal) => Promise<void>;
}

export class PartitionRun<Deps> {
  readonly #options: PartitionOptions<Deps>;
  readonly #drain$ = new ReplaySubject<void>(1); // an operator may subscribe to its input only when it has restored its state
  readonly #draining = new AbortController();
  readonly #positions = new Map<string, Positions>();
  readonly #states = new Map<string, GateState>();
  readonly #readers: Reader[] = [];
  readonly #ours = new Map<string, number>(); // behind the last valid record, by topic
  readonly #others = new Map<string, number>(); // behind the last that is not valid
  readonly #state: CommitState = { ledger: emptyLedger, notes: {} };
  readonly #pendingEnds: Delivery<EndRecord>[] = [];
  readonly #stopping = new AbortController();
  #started: Promise<void> | undefined;
  #queue: CommitQueue | undefined;
  #task: Task | undefined;
  #subscription: Subscription | undefined;
  #over = Promise.withResolvers<void>();
  #restorePoint: () => { readonly [topic: string]: number } = () => ({});
  #drainAsked = false;
  #active = 0; // restored topics being folded
  #heldEnds = 0; // delivered to the operator, which settles them when the work before them is over
  lifecycle: Lifecycle = 'starting';

  constructor(options: PartitionOptions<Deps>) {
    this.#options = options;
    this.#over.promise.catch(() => {}); // whoever asks for `over` hears it
  }

  get partition(): number { return this.#options.partition; }
  get ledger(): LedgerCounts { return this.#state.ledger; }
  /** Settles when the partition is drained, stopped or failed. */
  get over(): Promise<void> { return this.#over.promise; }

  /** Every input topic ended with an `end` that is settled, and all of it is committed. */
  get finished(): boolean {
    return this.lifecycle === 'running' && this.#quiet() && this.#options.stage.reads.every(({ name }) => endsAt(this.#state.notes, name) === this.#positions.get(name)!.delivered && this.#states.get(name) === 'source') && this.#readers.every((reader) => reader.atEnd);
  }

  /** Nothing is being worked on and nothing can be taken in: waiting for records, credits or admission. An end that waits for what another stage still owes is no work. */
  get idle(): boolean { return this.lifecycle === 'running' && this.#quiet(this.#heldEnds); }

  start(): Promise<void> {
    this.#started = this.#start();
    return this.#started;
  }

  async #start(): Promise<void> {
    const { stage, broker, partition, observer } = this.#options;
    try {
      const surveyed = await stage.survey?.(this.#options.deps, partition);
      crossPoint('task.claiming', stage.name);
      const task = await broker.claim(stage.name, partition, this.#stopping.signal);
      crossPoint('task.claimed', stage.name);
      if (this.#isOver()) { await task.release(); return; }
      this.#task = task;
      if (task.progress === undefined) await this.#refuseForeignOutputs();
      else Object.assign(this.#state, { ledger: task.progress.ledger, notes: { ...task.progress.notes } });
      if (this.#isOver()) return; // stopped while it started
      for (const topic of stage.reads) this.#positions.set(topic.name, new Positions(task.progress?.positions[topic.name] ?? { next: 0, unsettled: [] }));
      const context: StageContext = {
        partition, observer, surveyed, credits: this.#options.credits, restored: this.#restored(task),
        position: (topic) => this.#positions.get(topic.name)!.delivered,
        restoredFrom: task.progress?.restore ?? {}, draining: this.#draining.signal, room: (signal) => this.#queue!.room(signal),
        restoreFrom: (ask) => { this.#restorePoint = ask; },
      };
      const queue = new CommitQueue({
        task, positions: this.#positions, state: this.#state, settings: this.#options.commit, observer, fail: (error) => this.#finish(error), committed: () => this.#forwardEnds(),
        restorePoint: () => this.#restorePoint(), strays: { ours: this.#ours, others: this.#others },
      });
      this.#queue = queue;
      const stored$ = merge(...stage.reads.map((topic) => this.#gateOf(topic, task, queue)));
      const delivery$ = stored$.pipe(
        map((stored) => this.#receive(stored)),                                  // StoredRecord -> Delivery | undefined   decoded; ends and bad records go their own way
        filter((delivery) => delivery !== undefined),
        takeUntil(this.#drain$),                                                 // Delivery      a drain completes the input; the operator completes when its work is done
      );
      this.lifecycle = 'running';
      this.#subscription = stage.operator(this.#options.deps, context)(delivery$).subscribe({
        next: (emission) => this.#emit(emission),
        error: (error: unknown) => this.#finish(error),
        complete: () => void queue.flush().then(() => this.#finish(), (error: unknown) => this.#finish(error)),
      });
      if (this.#drainAsked) this.drain();
    } catch (error) {
      this.#finish(error);
    }
  }

  /** No new input; what is in flight is finished and committed. `over` resolves then. */
  drain(): void {
    if (this.lifecycle === 'starting') this.#drainAsked = true;
    if (this.lifecycle !== 'running') return;
    this.lifecycle = 'draining';
    crossPoint('partition.draining', this.#options.stage.name);
    this.#draining.abort(new Error('draining'));
    this.#drain$.next();
  }

  /** At once: calls in flight are cancelled, what is not committed is forgotten. */
  stop(): void { this.#queue?.abandon(); this.#finish(); }

  #isOver(): boolean { return this.lifecycle === 'stopped' || this.lifecycle === 'failed'; }

  #quiet(held = 0): boolean {
    if (this.#active > 0 || !(this.#queue?.empty ?? false) || this.#pendingEnds.length > 0) return false;
    let outstanding = 0;
    for (const [topic, positions] of this.#positions) {
      if (this.#states.get(topic) === 'delivering') return false;
      outstanding += positions.outstanding;
    }
    return outstanding === held;
  }

  #gateOf(topic: Topic, task: Task, queue: CommitQueue) {
    const reader = task.read(topic.name, this.#positions.get(topic.name)!.position());
    this.#readers.push(reader);
    const credits = this.#options.credits[this.#options.stage.gates[topic.name] ?? ''];
    return gate<StoredRecord>(reader, {
      ...(credits ? { credits } : {}),
      admit: async (signal) => { await queue.room(signal); await this.#options.admit(topic, signal); },
      onState: (state) => this.#states.set(topic.name, state),
    });
  }

  #receive(stored: StoredRecord): Delivery | undefined {
    const { stage, credits } = this.#options;
    const topic = stage.reads.find(({ name }) => name === stored.topic)!;
    const giveBack = () => credits[stage.gates[topic.name] ?? '']?.give();
    this.#positions.get(topic.name)!.deliver(stored.offset);
    try {
      const delivery: Delivery = { topic: stored.topic, partition: stored.partition, offset: stored.offset, key: stored.key, value: decodeRecord(stored.value, topic.types) };
      this.#ours.set(stored.topic, stored.offset + 1);
      if (delivery.value.type !== 'end') return delivery;
      giveBack();
      if (stage.ends === 'operator') { this.#heldEnds++; return delivery; }
      this.#pendingEnds.push(delivery as Delivery<EndRecord>);
      this.#forwardEnds();
    } catch (error) {
      if (!(error instanceof FaultError)) throw error;
      giveBack();
      this.#others.set(stored.topic, stored.offset + 1);
      const delivery = { topic: stored.topic, partition: stored.partition, offset: stored.offset, key: stored.key } as Delivery;
      this.#emit({ outputs: [faultOutput(error, { stage: stage.name, place: `${stored.topic}/${stored.partition}/${stored.offset}`, key: stored.key, original: stored.value })], settled: [{ delivery, verdict: 'failed' }] });
    }
    return undefined;
  }

  #emit(emission: Emission): void {
    if (this.#options.stage.ends === 'operator') for (const { verdict } of emission.settled) if (verdict === 'ended') this.#heldEnds--;
    if (emission.outputs.length + emission.settled.length > 0) this.#queue!.add(emission);
  }

  /** An end goes on when everything before it is settled and committed. */
  #forwardEnds(): void {
    const { stage } = this.#options;
    for (let next = this.#pendingEnds[0]; next !== undefined && this.#positions.get(next.topic)!.settledBelow(next.offset); next = this.#pendingEnds[0]) {
      this.#pendingEnds.shift();
      const { key, value } = next;
      this.#emit({ outputs: stage.endsTo.map((topic) => ({ topic, key, value })), settled: [{ delivery: next, verdict: 'ended' }] });
    }
  }

  /** Events of the restore topics since the restore point, for the operator to fold before its first delivery. */
  async *#restored(task: Task): AsyncIterable<Delivery> {
    const { stage, broker, partition, observer } = this.#options;
    this.#active++;
    try {
      for (const topic of stage.restores) {
        const read = task.progress?.positions[topic.name];
        const range = (await broker.ranges(topic.name)).find((one) => one.partition === partition);
        const until = read?.next ?? (stage.reads.includes(topic) ? 0 : range?.end ?? 0);
        const first = Math.max(task.progress?.restore[topic.name] ?? 0, range?.start ?? 0);
        if (first >= until) continue;
        crossPoint('restore.began', topic.name);
        const reader = broker.read(topic.name, partition, { next: first, unsettled: [] }, { until });
        try {
          while (await reader.ready()) for (const stored of reader.take(200)) yield* this.#restorable(stored, topic, observer);
        } finally { reader.close(); }
        crossPoint('restore.ended', topic.name);
      }
    } finally { this.#active--; }
  }

  /** A stored event as a delivery; nothing for an end, and for a record that is not valid, which went to faults when it was read first. */
  *#restorable({ topic: name, offset, key, value: text }: StoredRecord, topic: Topic, observer: Observer): Generator<Delivery> {
    const { partition } = this.#options;
    let value: Delivery['value'];
    try { value = decodeRecord(text, topic.types); } catch (error) {
      observer({ kind: 'note', level: 'warn', message: `${name}/${partition}/${offset} was passed over while restoring: ${(error as Error).message}` });
      return;
    }
    if (value.type !== 'end') yield { topic: name, partition, offset, key, value };
  }

  async #refuseForeignOutputs(): Promise<void> {
    const { stage, broker, partition } = this.#options;
    for (const topic of stage.writes) {
      if (topic.name === 'faults') continue;
      const range = (await broker.ranges(topic.name)).find((one) => one.partition === partition);
      if (range === undefined || range.end === 0) continue;
      const reader = broker.read(topic.name, partition, { next: range.start, unsettled: [] }, { until: range.end, prefetchMax: 1 }); // offsets alone may be those of aborted transactions
      try {
        if (range.start === 0 && !await reader.ready()) continue;
      } finally { reader.close(); }
      if ((await broker.progress()).some((record) => record.stage === stage.name && record.partition === partition)) throw fencedTask(stage.name, partition); // claimed by somebody else since, and at work
      throw new FaultError('PROGRESS_MISSING', `Stage ${stage.name} has no progress for partition ${partition}, but topic ${topic.name} holds records of it there (offsets ${range.start} to ${range.end}).`);
    }
  }

  #finish(error?: unknown): void {
    if (this.#isOver()) return;
    this.lifecycle = error === undefined ? 'stopped' : 'failed';
    this.#subscription?.unsubscribe();
    if (error !== undefined) this.#queue?.abandon();
    for (const reader of this.#readers) reader.close();
    crossPoint('partition.releasing', this.#options.stage.name);
    this.#stopping.abort(new Error('the partition is given up'));
    const over = () => error === undefined ? this.#over.resolve() : this.#over.reject(error);
    if (this.#task) this.#task.release().then(over, over);
    else if (error === undefined && this.#started) this.#started.then(over, over); // a claim that is under way would fence whoever comes next
    else over();
  }
}
