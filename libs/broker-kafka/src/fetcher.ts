// One loop that fetches for all readers of a purpose: what has room is asked for in one request a node.
import type Cluster from 'kafkajs/src/cluster/index.js';
import type { FetchedMessage } from 'kafkajs/src/cluster/index.js';
import type { ClusterLink } from './cluster-link.ts';
import { committedMessages } from './committed-messages.ts';

/** What one fetch of one partition showed. */
export interface Fetched {
  readonly from: number;
  readonly messages: readonly FetchedMessage[]; // committed records at or behind `from`
  readonly next: number; // offset to fetch from next: behind markers and aborted records too
  readonly stable: number; // last stable offset: everything below is decided
}

/** A reader as the fetcher sees it. */
export interface FetchSource {
  readonly topic: string; // as the broker knows it
  readonly partition: number;
  /** Where to fetch from; undefined while there is no room or nothing is wanted. */
  wanted(): number | undefined;
  deliver(fetched: Fetched): void;
  /** What it wants was deleted: the first offset that still exists. */
  startsAt(offset: number): void;
  fail(error: unknown): void;
}

const waitMaxMs = 200; // a long poll; a reader that gets room in the middle of one waits no longer
const partitionBytesMax = 1_048_576; // one record may be larger
const replyBytesMax = 33_554_432;

export class Fetcher {
  readonly #link: ClusterLink;
  readonly #sources = new Set<FetchSource>();
  #wake: (() => void) | undefined;
  #running: Promise<void> | undefined;
  #closed = false;
  #round = 0;
  readonly #served = new WeakMap<FetchSource, number>();

  constructor(link: ClusterLink) { this.#link = link; }

  add(source: FetchSource): void {
    this.#sources.add(source);
    this.#running ??= this.#run();
    this.wake();
  }

  remove(source: FetchSource): void { this.#sources.delete(source); }

  /** A source has room again. */
  wake(): void { this.#wake?.(); }

  async close(): Promise<void> {
    this.#closed = true;
    this.wake();
    await this.#link.close();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed) {
      const wanted = [...this.#sources].flatMap((source) => { const from = source.wanted(); return from === undefined ? [] : [{ source, from }]; });
      if (wanted.length === 0) { await new Promise<void>((resolve) => { this.#wake = resolve; }); continue; }
      try {
        await this.#link.use('Records could not be read', [...new Set(wanted.map(({ source }) => source.topic))], (cluster) => this.#fetch(cluster, wanted));
      } catch (error) {
        for (const { source } of wanted) if (this.#sources.delete(source)) source.fail(error);
      }
    }
  }

  async #fetch(cluster: Cluster, wanted: readonly Wanted[]): Promise<void> {
    const byNode = new Map<string, Wanted[]>();
    for (const one of wanted) {
      const [node] = Object.keys(cluster.findLeaderForPartitions(one.source.topic, [one.source.partition]));
      if (node === undefined) throw new Error(`partition ${one.source.partition} of ${one.source.topic} has no leader`);
      byNode.set(node, [...byNode.get(node) ?? [], one]);
    }
    await Promise.all([...byNode].map(([nodeId, ones]) => this.#fetchNode(cluster, nodeId, ones)));
  }

  async #fetchNode(cluster: Cluster, nodeId: string, wanted: readonly Wanted[]): Promise<void> {
    const round = ++this.#round;
    const topics = [...Map.groupBy(wanted, ({ source }) => source.topic)].map(([topic, ones]) => ({
      topic, partitions: [...Map.groupBy(ones, ({ source }) => source.partition)].map(([partition, rivals]) => ({ partition, fetchOffset: String(this.#inTurn(rivals, round)), maxBytes: partitionBytesMax })),
    }));
    const node = await cluster.findBroker({ nodeId });
    let reply;
    try { reply = await node.fetch({ isolationLevel: 1, maxWaitTime: waitMaxMs, minBytes: 1, maxBytes: replyBytesMax, rackId: '', topics }); } catch (error) {
      if (!isOutOfRange(error)) { await cluster.refreshMetadata().catch(() => {}); throw error; }
      const asked = topics.find(({ topic }) => topic === error.topic)?.partitions.find(({ partition }) => partition === error.partition)?.fetchOffset;
      await this.#moveIntoRange(cluster, wanted.filter(({ source, from }) => source.topic === error.topic && source.partition === error.partition && String(from) === asked)); // a rival may be well inside
      return;
    }
    const alone = topics.length === 1 && topics[0]!.partitions.length === 1;
    for (const { topicName, partitions } of reply.responses) {
      for (const partition of partitions) {
        const again = new Set<Wanted>();
        for (const one of wanted) {
          const { source, from } = one;
          if (source.topic !== topicName || source.partition !== partition.partition || !this.#sources.has(source) || source.wanted() !== from) continue;
          const asked = topics.find(({ topic }) => topic === topicName)!.partitions.find((one) => one.partition === partition.partition)!.fetchOffset;
          if (asked !== String(from)) continue;
          const { messages, last } = committedMessages(partition, from);
          const stable = Number(partition.lastStableOffset);
          if (last === undefined && stable > from && !alone) { again.add(one); continue; }
          source.deliver({ from, messages, next: last === undefined ? from : Math.max(from, last + 1), stable });
        }
        if (again.size > 0) await this.#fetchNode(cluster, nodeId, [...again]); // no room in the reply looks like no records: alone it has room
      }
    }
  }

  /** Where to fetch a partition that several readers want from different places: they take turns. */
  #inTurn(rivals: readonly Wanted[], round: number): number {
    const served = ({ source }: Wanted): number => this.#served.get(source) ?? 0;
    const { from } = rivals.reduce((longest, one) => (served(one) < served(longest) ? one : longest));
    for (const { source, from: its } of rivals) if (its === from) this.#served.set(source, round);
    return from;
  }

  /** Records below what was asked for are gone (deleted); above the end is nothing to ask for: a log that was cut is a fault. */
  async #moveIntoRange(cluster: Cluster, wanted: readonly Wanted[]): Promise<void> {
    for (const { source, from } of wanted) {
      const [listed] = await cluster.fetchTopicsOffset([{ topic: source.topic, partitions: [{ partition: source.partition }], fromBeginning: true }]);
      const start = Number(listed!.partitions[0]!.offset);
      if (start > from) source.startsAt(start);
      else if (this.#sources.delete(source)) source.fail(new RangeError(`offset ${from} of ${source.topic}/${source.partition} lies behind the end of the log`));
    }
  }
}

interface Wanted { readonly source: FetchSource; readonly from: number }

const isOutOfRange = (error: unknown): error is { readonly topic: string; readonly partition: number } => (error as { readonly name?: string } | undefined)?.name === 'KafkaJSOffsetOutOfRange';
