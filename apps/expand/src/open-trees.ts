// The trees of one partition that are open: events in, turns out (what to write, and what to ask the policy next).
import { FaultError, crossPoint } from '@slowthink/faults';
import { asOneRequest, type Policy, type PolicyIdentity } from '@slowthink/models';
import { topics, type EndRecord, type OpenedEvent, type QuestionRecord, type RolloutEvent, type SearchSettings } from '@slowthink/records';
import { apply, choiceEvent, expansionEvents, failedExpansionEvents, next, openedEvent, refusalOf, snapshotEvents, treeRecord, type SearchRequest, type Tree, type TreeEvent } from '@slowthink/search';
import { failedEmission, faultOutput, placeOf, type Delivery, type Emission, type Output, type StageContext } from '@slowthink/stream';
import type { Verifier } from '@slowthink/verifiers';
import type { Answer } from './ask-policy.ts';
import { stepSamples } from './judge-answers.ts';

export interface ExpandDeps {
  readonly policy: Policy;
  /** Judges answers; undefined: the rules of libs/answers do, as events are made. */
  readonly verifier?: Verifier | undefined;
  readonly identity: PolicyIdentity;
  readonly search: SearchSettings;
  readonly run: string;
  readonly settingsHash: string;
  readonly seed: number;
  /** Records a restart may have to read of one partition before a tree that holds it back is written again; more where over `treesFree` trees are open, in proportion. */
  readonly snapshotRecords: number;
}

/** A request of one tree on its way to the policy. */
export interface Ask {
  readonly opened: OpenedEvent;
  readonly request: SearchRequest;
}

/** What one input or answer led to. */
export interface Turn {
  readonly emission: Emission;
  readonly asks: readonly Ask[];
}

interface OpenTree {
  tree: Tree;
  readonly opened: OpenedEvent;
  readonly asked: Set<string>;
  readonly questionOffset: number; // -1: restored
  openedAt: number | undefined; // offset in expansions of its first event, or of its last snapshot; undefined until committed
  rolloutsAt: number; // no rollout of this tree lies before that a snapshot at `openedAt` does not hold
  again: boolean; // a snapshot is on its way to the log
}

const treesFree = 200; // open in one partition: their own events fill the log, and snapshots of all of them would fill it again
const snapshotsAtOnce = 8; // trees in one turn, so that a transaction stays small

const noWork: Emission = { outputs: [], settled: [] };

export class OpenTrees {
  readonly #deps: ExpandDeps;
  readonly #context: StageContext;
  readonly #open = new Map<string, OpenTree>();
  /** Closed in memory, the closing not committed yet: a restart still needs their events. */
  readonly #closing = new Set<OpenTree>();
  readonly #ends: Delivery<EndRecord>[] = [];
  #expansionsEnd: number; // behind every own event known to be committed: what a restart needs when no tree is open
  #lookAt = 0; // records written and read at which restore is looked at again
  #released = false;

  constructor(deps: ExpandDeps, context: StageContext) {
    this.#deps = deps;
    this.#context = context;
    this.#expansionsEnd = context.restoredFrom[topics.expansions.name] ?? 0;
    context.restoreFrom(() => this.#restorePoint());
  }

  /** Folds what the last process left and goes on with every open tree. MODEL_REVISION_CHANGED when a tree began with other weights. */
  async *restore(): AsyncIterable<Turn> {
    const trees = new Map<string, { tree: Tree | undefined; openedAt?: number; rolloutsAt: number; closed: boolean }>();
    const rolloutsEnd = this.#context.position(topics.rollouts);
    for await (const { topic, offset, value } of this.#context.restored) {
      if (this.#released) return;
      const event = value as TreeEvent;
      const one = trees.get(event.treeId) ?? { tree: undefined, rolloutsAt: rolloutsEnd, closed: false };
      if (!one.closed) one.tree = apply(one.tree, event);
      if (event.type === 'opened' || (event.type === 'snapshot' && event.part === 0)) one.openedAt = offset;
      if (event.type === 'closed') { one.closed = true; one.tree = undefined; }
      trees.set(event.treeId, one);
      if (event.type === 'rollout') one.rolloutsAt = Math.min(one.rolloutsAt, offset);
      if (topic === topics.expansions.name) this.#expansionsEnd = Math.max(this.#expansionsEnd, offset + 1);
    }
    for (const { tree, openedAt, rolloutsAt, closed } of trees.values()) {
      if (this.#released) return;
      const opened = tree?.opened;
      if (closed || tree === undefined || opened === undefined) continue;
      const { model, revision } = this.#deps.identity;
      if (opened.policy.model !== model || opened.policy.revision !== revision) {
        throw new FaultError('MODEL_REVISION_CHANGED', `Tree ${opened.treeId} of ${opened.questionId} began with ${opened.policy.model}@${opened.policy.revision}; the server now has ${model}@${revision}.`);
      }
      this.#context.credits['trees']!.claim(1);
      const one: OpenTree = { tree, opened, asked: new Set(), questionOffset: -1, openedAt, rolloutsAt, again: false };
      this.#open.set(opened.treeId, one);
    }
    for (const one of this.#open.values()) yield this.#goOn(one, noWork);
  }

  take(delivery: Delivery): Turn { return this.#withSnapshots(this.#taken(delivery)); }

  /** The policy's answer, or the fault of its request, becomes events of the tree. */
  answer(answer: Answer): Turn { return this.#withSnapshots(this.#answered(answer)); }

  /** Gives the credits of all open trees back: the partition is lost or the process ends. The trees stay: the last commits still ask for their restore point. */
  release(): void {
    if (!this.#released && this.#open.size > 0) this.#context.credits['trees']!.give(this.#open.size);
    this.#released = true;
  }

  #taken(delivery: Delivery): Turn {
    switch (delivery.value.type) {
      case 'question': return this.#openTree(delivery as Delivery<QuestionRecord>);
      case 'rollout': return this.#fold(delivery as Delivery<RolloutEvent>);
      case 'end': return this.#end(delivery as Delivery<EndRecord>);
      default: throw new FaultError('LEDGER_BROKEN', `expand got a ${delivery.value.type} record from ${placeOf(delivery)}.`);
    }
  }

  #answered({ ask: { opened, request }, reply, judged, fault }: Answer): Turn {
    const one = this.#open.get(opened.treeId);
    if (!one) return { emission: noWork, asks: [] };
    one.asked.delete(request.id);
    const samples = reply === undefined ? [] : stepSamples(reply, judged);
    const usage = reply && asOneRequest(reply.usage);
    const events: readonly TreeEvent[] = reply === undefined || usage === undefined ? failedExpansionEvents(one.tree, request, { code: fault!.code, message: fault!.message })
      : request.kind === 'choose' ? [choiceEvent(one.tree, request, samples.map(({ text }) => text), usage)]
      : expansionEvents(one.tree, request, samples, usage);
    const outputs: Output[] = events.map((event) => ({ topic: topics.expansions, key: opened.questionId, value: event as never }));
    for (const each of [fault, ...(judged ?? []).map((verdict) => verdict?.fault)]) if (each) outputs.push(faultOutput(each, { stage: 'expand', place: `request ${request.id}`, key: opened.questionId, questionId: opened.questionId, treeId: opened.treeId, nodeId: request.parentId }));
    for (const event of events) one.tree = apply(one.tree, event);
    crossPoint('tree.grown');
    return this.#goOn(one, { outputs, settled: [] });
  }

  #openTree(delivery: Delivery<QuestionRecord>): Turn {
    const question = delivery.value;
    const deps = this.#deps;
    const refuse = (emission: Emission): Turn => { this.#context.credits['trees']!.give(); return { emission, asks: [] }; };
    const where = { stage: 'expand', place: placeOf(delivery), key: question.id, questionId: question.id };
    const drop = (fault: FaultError): Turn => refuse({ outputs: [faultOutput(fault, where)], settled: [{ delivery, verdict: 'dropped' }] });
    const refusal = refusalOf(question, deps.search, deps.verifier !== undefined);
    if (refusal !== undefined) return refusal.verdict === 'dropped' ? drop(refusal.fault) : refuse(failedEmission('expand', delivery, refusal.fault));
    const opened = openedEvent({ question, run: deps.run, settingsHash: deps.settingsHash, seed: deps.seed, policy: deps.identity, search: deps.search });
    if (this.#open.has(opened.treeId)) return drop(new FaultError('QUESTION_DUPLICATE', `${question.id} came again while its tree ${opened.treeId} is open.`));
    const one: OpenTree = { tree: apply(undefined, opened), opened, asked: new Set(), questionOffset: delivery.offset, openedAt: undefined, rolloutsAt: this.#context.position(topics.rollouts), again: false };
    this.#open.set(opened.treeId, one);
    crossPoint('tree.opened');
    return this.#goOn(one, { outputs: [{ topic: topics.expansions, key: question.id, value: opened }], settled: [{ delivery, verdict: 'opened' }] });
  }

  #fold(delivery: Delivery<RolloutEvent>): Turn {
    const emission: Emission = { outputs: [], settled: [{ delivery, verdict: 'folded' }] };
    const one = this.#open.get(delivery.value.treeId);
    if (!one) return { emission, asks: [] }; // of a tree that closed before
    one.tree = apply(one.tree, delivery.value);
    crossPoint('tree.folded');
    return this.#goOn(one, emission);
  }

  #end(delivery: Delivery<EndRecord>): Turn {
    if (delivery.topic === topics.rollouts.name) return { emission: { outputs: [], settled: [{ delivery, verdict: 'ended' }] }, asks: [] };
    this.#ends.push(delivery);
    return { emission: this.#dueEnds(noWork), asks: [] };
  }

  /** What the tree wants next: more requests, or to be closed. */
  #goOn(one: OpenTree, emission: Emission): Turn {
    const { requests, simulations, close } = next(one.tree);
    for (const simulation of simulations) one.tree = apply(one.tree, simulation);
    const written: Emission = { ...emission, outputs: [...emission.outputs, ...simulations.map((value): Output => ({ topic: topics.expansions, key: value.questionId, value }))] };
    const committed = (offsets: readonly number[]) => this.#committed(one, written, offsets, close !== undefined);
    if (close) {
      const { questionId, treeId } = one.opened;
      const closed = { type: 'closed', v: 1, questionId, treeId, ...close } as const;
      one.tree = apply(one.tree, closed);
      this.#open.delete(treeId);
      this.#closing.add(one);
      this.#context.credits['trees']!.give();
      crossPoint('tree.closed');
      const outputs: readonly Output[] = [...written.outputs, { topic: topics.expansions, key: questionId, value: closed }, { topic: topics.trees, key: questionId, value: treeRecord(one.tree) }];
      return { emission: this.#dueEnds({ outputs, settled: emission.settled, closed: [close.status === 'closed' ? 'ok' : 'failed'], committed }), asks: [] };
    }
    const fresh = this.#context.draining.aborted ? [] : requests.filter(({ id }) => !one.asked.has(id)); // a restart derives them again
    for (const { id } of fresh) one.asked.add(id);
    return { emission: { ...written, committed }, asks: fresh.map((request) => ({ opened: one.opened, request })) };
  }

  #committed(one: OpenTree, { outputs }: Emission, offsets: readonly number[], closed: boolean): void {
    for (const [index, { topic, value }] of outputs.entries()) {
      if (topic !== topics.expansions) continue;
      this.#expansionsEnd = Math.max(this.#expansionsEnd, offsets[index]! + 1);
      if (value.type === 'opened') one.openedAt = offsets[index]!;
    }
    if (closed) this.#closing.delete(one);
  }

  /** Adds the ends whose trees are all closed: to `expansions` for rollout, to `trees` for label. */
  #dueEnds(emission: Emission): Emission {
    const outputs = [...emission.outputs];
    const settled = [...emission.settled];
    for (let end = this.#ends[0]; end !== undefined && ![...this.#open.values()].some(({ questionOffset }) => questionOffset < end!.offset); end = this.#ends[0]) {
      this.#ends.shift();
      for (const topic of [topics.expansions, topics.trees]) outputs.push({ topic, key: end.key, value: end.value });
      settled.push({ delivery: end, verdict: 'ended' });
    }
    return { ...emission, outputs, settled };
  }

  /** Adds snapshots of the trees for which a restart would read too much, the furthest back first. What was folded of them by now stands in the log before the snapshot, or comes with it. */
  #withSnapshots(turn: Turn): Turn {
    const rolloutsAt = this.#context.position(topics.rollouts);
    const read = this.#expansionsEnd + rolloutsAt;
    if (read < this.#lookAt || this.#context.draining.aborted) return turn;
    const recordsMax = this.#deps.snapshotRecords * Math.max(1, this.#open.size / treesFree);
    const behind = (one: OpenTree): number => read - one.openedAt! - one.rolloutsAt;
    const late = [...this.#open.values()].filter((one) => one.openedAt !== undefined && !one.again && behind(one) > recordsMax).sort((a, b) => behind(b) - behind(a)).slice(0, snapshotsAtOnce);
    if (late.length < snapshotsAtOnce) this.#lookAt = read + Math.ceil(recordsMax / 20);
    return late.reduce((before, one) => this.#withSnapshot(before, one, rolloutsAt), turn);
  }

  /** Once it is committed, the snapshot is the place from which the tree is restored. */
  #withSnapshot({ emission, asks }: Turn, one: OpenTree, rolloutsAt: number): Turn {
    const { outputs, committed } = emission;
    one.again = true;
    const snapshot = snapshotEvents(one.tree).map((value): Output => ({ topic: topics.expansions, key: value.questionId, value }));
    return { asks, emission: { ...emission, outputs: [...outputs, ...snapshot], committed: (offsets) => {
      committed?.(offsets.slice(0, outputs.length));
      Object.assign(one, { openedAt: offsets[outputs.length]!, rolloutsAt, again: false });
      this.#expansionsEnd = Math.max(this.#expansionsEnd, offsets.at(-1)! + 1);
    } } };
  }

  #restorePoint(): { readonly [topic: string]: number } {
    let expansions = this.#expansionsEnd;
    let rollouts = this.#context.position(topics.rollouts);
    for (const one of [...this.#open.values(), ...this.#closing]) {
      expansions = Math.min(expansions, one.openedAt ?? expansions);
      rollouts = Math.min(rollouts, one.rolloutsAt);
    }
    return { [topics.expansions.name]: expansions, [topics.rollouts.name]: rollouts };
  }
}
