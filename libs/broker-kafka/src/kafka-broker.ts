import {
  closedBroker, joinedPartitions, unknownTopic,
  type Broker, type Membership, type PartitionRange, type Position, type Reader, type ReadOptions, type Task, type TopicSpec,
} from '@slowthink/broker';
import type { ProgressRecord } from '@slowthink/records';
import type { Observer } from '@slowthink/stream';
import { ClusterLink } from './cluster-link.ts';
import { Fetcher } from './fetcher.ts';
import { GroupMembership } from './group-membership.ts';
import { transactionTimeoutMs, type KafkaClient } from './kafka-client.ts';
import { KafkaTask } from './kafka-task.ts';
import { PartitionReader } from './partition-reader.ts';
import { ProgressLog } from './progress-log.ts';
import type { TopicAdmin } from './topic-admin.ts';
import { kafkaName } from './topic-config.ts';

export interface KafkaBrokerParts {
  readonly client: KafkaClient;
  readonly admin: TopicAdmin;
  readonly run: string;
  readonly topics: readonly TopicSpec[];
  readonly sessionTimeoutMs: number;
  readonly giveUpMs: number;
  readonly observer: Observer;
}

const progressSpec: TopicSpec = { name: 'progress', partitions: 1, retention: 'compacted' };
const undecidedMs = transactionTimeoutMs + 20_000; // the broker looks for transactions that timed out every 10 s

/** The port over the topics of one run. Connections: one for the readers of each stage, one for readers beside, one for progress, one for ends, two a claimed task. */
export class KafkaBroker implements Broker {
  readonly kind = 'kafka';
  readonly exclusive = false;
  readonly #parts: KafkaBrokerParts;
  readonly #specs: Map<string, TopicSpec>;
  readonly #progress: ProgressLog;
  readonly #offsets: ClusterLink;
  readonly #links: ClusterLink[] = [];
  readonly #fetchers = new Map<string, Fetcher>(); // by stage; '' beside the stages
  readonly #readers = new Set<Reader>();
  readonly #tasks = new Set<KafkaTask>();
  readonly #memberships = new Set<Membership>();
  readonly #closed = new AbortController();
  #closing: Promise<void> | undefined;

  constructor(parts: KafkaBrokerParts) {
    this.#parts = parts;
    this.#specs = new Map(parts.topics.map((spec) => [spec.name, spec]));
    this.#progress = new ProgressLog(this.#nameOf(progressSpec.name), this.#link(), undecidedMs, parts.observer);
    this.#offsets = this.#link();
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#checkOpen();
    for (const spec of await this.#parts.admin.ensure([...specs.filter(({ name }) => name !== progressSpec.name), progressSpec])) this.#specs.set(spec.name, spec);
  }

  /** Those that stages read and write; `progress` is the adapter's own. */
  async topics(): Promise<readonly TopicSpec[]> { return [...this.#specs.values()].filter(({ name }) => name !== progressSpec.name).toSorted((a, b) => (a.name < b.name ? -1 : 1)); }

  async join(stage: string, topics: readonly string[]): Promise<Membership> {
    this.#checkOpen();
    const partitions = joinedPartitions(topics, this.#partitionsOf);
    const { client, sessionTimeoutMs, observer, giveUpMs } = this.#parts;
    const membership = new GroupMembership({ client, group: this.#nameOf(stage), topics: topics.map(this.#nameOf), partitions, sessionTimeoutMs, observer, giveUpMs });
    this.#memberships.add(membership);
    return membership;
  }

  async claim(stage: string, partition: number, signal?: AbortSignal): Promise<Task> {
    this.#checkOpen();
    const { client, observer, giveUpMs } = this.#parts;
    const task = await KafkaTask.claim({
      stage, partition, observer, giveUpMs, closing: this.#closed.signal, nameOf: this.#nameOf, partitionsOf: this.#partitionsOf,
      produce: async () => {
        const producer = client.producer(this.#nameOf(`${stage}/${partition}`));
        try {
          await producer.connect();
          await (await producer.transaction()).abort(); // connecting alone claims nothing
          return producer;
        } catch (error) { void producer.disconnect().catch(() => {}); throw error; }
      },
      standing: (decided) => this.#progress.of(`${stage}/${partition}`, decided),
      read: (topic, from, options) => this.#read(this.#fetcher(stage), topic, partition, from, options),
    }, signal);
    this.#tasks.add(task);
    return task;
  }

  read(topic: string, partition: number, from: Position, options: ReadOptions = {}): Reader { return this.#read(this.#fetcher(''), topic, partition, from, options); }

  async ranges(topic: string): Promise<readonly PartitionRange[]> {
    this.#checkOpen();
    const count = this.#partitionsOf(topic);
    if (count === undefined) throw unknownTopic(topic);
    const place = { topic: this.#nameOf(topic), partitions: Array.from({ length: count }, (_, partition) => ({ partition })) };
    return this.#offsets.use('The ends of a topic could not be read', [place.topic], async (cluster) => {
      cluster.isolationLevel = 0; // what is not decided yet counts: a reader up to this end waits for it
      const listed = await Promise.all([true, false].map((fromBeginning) => cluster.fetchTopicsOffset([{ ...place, fromBeginning }])));
      const [starts, ends] = listed.map(([one]) => new Map(one!.partitions.map(({ partition, offset }) => [partition, Number(offset)])));
      return place.partitions.map(({ partition }) => ({ partition, start: starts!.get(partition)!, end: ends!.get(partition)! }));
    });
  }

  async progress(): Promise<readonly ProgressRecord[]> {
    this.#checkOpen();
    return this.#specs.has(progressSpec.name) ? this.#progress.all() : [];
  }

  async deleteBelow(topic: string, partition: number, offset: number, olderThanMs = 0): Promise<void> {
    this.#checkOpen();
    await this.#parts.admin.deleteBelow(topic, partition, offset, olderThanMs);
  }

  /** Waits for the commits that were asked for, leaves the groups and closes every connection. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    for (const reader of this.#readers) reader.close();
    await Promise.all([...this.#memberships].map((membership) => membership.leave()));
    await Promise.all([...this.#tasks].map((task) => task.release()));
    await Promise.all([...this.#fetchers.values()].map((fetcher) => fetcher.close()));
    await Promise.all(this.#links.map((link) => link.close()));
    await this.#parts.admin.close();
  }

  #read(fetcher: Fetcher, name: string, partition: number, from: Position, options: ReadOptions = {}): Reader {
    this.#checkOpen();
    const count = this.#partitionsOf(name);
    if (count === undefined) throw unknownTopic(name);
    if (partition < 0 || partition >= count) throw unknownTopic(name, partition);
    const reader = new PartitionReader({ name, topic: this.#nameOf(name), partition }, from, options, fetcher, () => this.#readers.delete(reader));
    this.#readers.add(reader);
    return reader;
  }

  #fetcher(stage: string): Fetcher {
    const known = this.#fetchers.get(stage);
    if (known) return known;
    const fetcher = new Fetcher(this.#link());
    this.#fetchers.set(stage, fetcher);
    return fetcher;
  }

  #link(): ClusterLink {
    const { client, observer, giveUpMs } = this.#parts;
    const link = new ClusterLink({ open: client.cluster, observer, giveUpMs });
    this.#links.push(link);
    return link;
  }

  readonly #nameOf = (name: string): string => kafkaName(this.#parts.run, name);
  readonly #partitionsOf = (topic: string): number | undefined => this.#specs.get(topic)?.partitions;

  #checkOpen(): void { if (this.#closing !== undefined) throw closedBroker(); }
}
