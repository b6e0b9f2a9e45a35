// The compacted topic `progress`: the truth of where every stage and partition stands.
import { setTimeout } from 'node:timers/promises';
import { decodeRecord, type ProgressRecord } from '@slowthink/records';
import { FaultError } from '@slowthink/faults';
import type { ClusterLink } from './cluster-link.ts';
import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import { committedMessages } from './committed-messages.ts';
import { HangingTransaction } from './kafka-faults.ts';
import type { Observer } from '@slowthink/stream';

/** What is committed of one task. */
export interface Standing {
  readonly progress: ProgressRecord | undefined;
  /** Of the transaction that wrote the progress. */
  readonly commit: string | undefined;
  /** Of who claimed the task last. */
  readonly claim: string | undefined;
}

/** Header of a progress record: which transaction wrote it. After a lost answer it tells whether the transaction came about. */
export const commitHeader = 'commit';

/** Key of the record that says who claimed a task last. */
export const claimKey = (task: string): string => `claim/${task}`;

const bytesMax = 8_388_608;

/** Reads the topic forward when it is asked, and keeps the last value of each key. Memory: one record a task. */
export class ProgressLog {
  readonly #topic: string;
  readonly #link: ClusterLink;
  readonly #undecidedMs: number;
  readonly #observer: Observer;
  readonly #values = new Map<string, { readonly text: string; readonly commit: string }>();
  #next: number | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(topic: string, link: ClusterLink, undecidedMs: number, observer: Observer) {
    this.#topic = topic;
    this.#link = link;
    this.#undecidedMs = undecidedMs;
    this.#observer = observer;
  }

  /** The progress of every task as it stands when this is called, in the order of keys. A dead process's open transaction is waited for until the broker ends it. */
  async all(): Promise<readonly ProgressRecord[]> {
    await this.#refresh(true);
    return [...this.#values].filter(([key]) => !key.startsWith(claimKey(''))).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, { text }]) => this.#parse(key, text));
  }

  /** Where a task stands. Asked after its id was claimed: what an earlier owner committed is seen, what it left open is aborted. With `decided` false what is still open is not waited for. */
  async of(task: string, decided = true): Promise<Standing> {
    await this.#refresh(decided);
    const value = this.#values.get(task);
    return { progress: value && this.#parse(task, value.text), commit: value?.commit, claim: this.#values.get(claimKey(task))?.text };
  }

  /** Reads up to what is the end now, after the call that runs already. */
  #refresh(decided: boolean): Promise<void> {
    const refreshed = this.#turn.then(() => this.#link.use('The progress of the run could not be read', [this.#topic], async (cluster) => {
      const place = { topic: this.#topic, partitions: [{ partition: 0 }] };
      const offset = async (fromBeginning: boolean): Promise<number> => Number((await cluster.fetchTopicsOffset([{ ...place, fromBeginning }]))[0]!.partitions[0]!.offset);
      cluster.isolationLevel = 0; // the end, decided or not
      const end = await offset(false);
      this.#next ??= await offset(true);
      const deadline = performance.now() + this.#undecidedMs;
      for (let next = this.#next; next < end; this.#next = next) {
        const [nodeId] = Object.keys(cluster.findLeaderForPartitions(this.#topic, [0]));
        const node = await cluster.findBroker({ nodeId: nodeId! });
        const { responses } = await node.fetch({ isolationLevel: 1, maxWaitTime: 20, minBytes: 1, maxBytes: bytesMax, rackId: '', topics: [{ topic: this.#topic, partitions: [{ partition: 0, fetchOffset: String(next), maxBytes: bytesMax }] }] });
        const partition = responses[0]!.partitions[0]!;
        const { messages, last } = committedMessages(partition, next);
        for (const message of messages) this.#take(message);
        if (last !== undefined) next = Math.max(next, last + 1);
        else if (Number(partition.lastStableOffset) >= end) next = end; // compacted away
        else if (!decided) return;
        else if (performance.now() > deadline) throw new HangingTransaction(this.#topic, Number(partition.lastStableOffset), this.#undecidedMs);
        else await setTimeout(2);
      }
    }));
    this.#turn = refreshed.catch(() => {});
    return refreshed;
  }

  /** What no task wrote is passed over: a task's records carry the header of a commit or the key of a claim. */
  #take({ offset, key, value, headers }: FetchedMessage): void {
    const [name, commit] = [key?.toString() ?? '', headers?.[commitHeader]?.toString()];
    if (value !== null && (commit !== undefined || name.startsWith(claimKey('')))) this.#values.set(name, { text: value.toString(), commit: commit ?? '' });
    else this.#observer({ kind: 'note', level: 'warn', message: `${this.#topic}/0/${offset} was passed over: another program wrote it${name === '' ? '' : `, under the key ${name.slice(0, 100)}`}.` });
  }

  #parse(key: string, text: string): ProgressRecord {
    try { return decodeRecord(text, ['progress']) as ProgressRecord; } catch (cause) { throw new FaultError('STORE_CORRUPT', `The progress of ${key} in ${this.#topic} cannot be used. ${(cause as Error).message}`, { cause }); }
  }
}
