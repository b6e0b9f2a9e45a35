// Membership of a stage's consumer group: who owns which partition now. Records are fetched elsewhere; the group only shares the work out.
import { setTimeout } from 'node:timers/promises';
import type { Assignment, Membership } from '@slowthink/broker';
import { crossPoint } from '@slowthink/faults';
import type { Observer } from '@slowthink/stream';
import kafkajs from 'kafkajs';
import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';
import InstrumentationEventEmitter from 'kafkajs/src/instrumentation/emitter.js';
import type { KafkaClient } from './kafka-client.ts';
import { faultOfKafka, isFinal, rootOf } from './kafka-faults.ts';
import { stickyShares } from './sticky-assigner.ts';

export interface GroupOptions {
  readonly client: KafkaClient;
  readonly group: string;
  /** Topics of the stage as the broker knows them: the same partition numbers of all go to one member. */
  readonly topics: readonly string[];
  readonly partitions: number;
  /** A member that was not heard of for this long loses its partitions; at least 6 s on an ordinary broker. */
  readonly sessionTimeoutMs: number;
  readonly observer: Observer;
  readonly giveUpMs: number;
}

const assignerName = 'slowthink-sticky';
const rebalanceTimeoutMs = 30_000;
const heartbeatMs = 1000;
const passingMs = 30_000; // a rebalance or a coordinator that moves is over by then

/** Joins in the background. `assignments` gives what was gained and lost, first value first; it ends after `leave` and fails with BROKER_UNREACHABLE, BROKER_UNAUTHORIZED or BROKER_REFUSED. */
export class GroupMembership implements Membership {
  readonly #options: GroupOptions;
  readonly #leaving = new AbortController();
  readonly #changes: Assignment[] = [];
  #owned: readonly number[] = [];
  #generation = 0;
  #member: string | undefined; // as which `owned` was got
  #wake: (() => void) | undefined;
  #over: Promise<void>;
  #failure: unknown;
  #ended = false;

  constructor(options: GroupOptions) {
    this.#options = options;
    this.#over = this.#run().catch((error: unknown) => { this.#failure = error; }).finally(() => { this.#ended = true; this.#wake?.(); });
  }

  get assignments(): AsyncIterable<Assignment> { return this.#assignments(); }

  async leave(): Promise<void> {
    this.#leaving.abort();
    await this.#over;
  }

  async *#assignments(): AsyncGenerator<Assignment> {
    for (;;) {
      const change = this.#changes.shift();
      if (change !== undefined) yield change;
      else if (this.#ended) { if (this.#failure !== undefined) throw this.#failure; return; }
      else await new Promise<void>((resolve) => { this.#wake = resolve; });
    }
  }

  async #run(): Promise<void> {
    const { observer, giveUpMs } = this.#options;
    const gone = this.#leaving.signal;
    let memberId: string | null = null;
    let away: number | undefined; // since when the group cannot be joined
    let told = false;
    for (let waitMs = 100; !gone.aborted; waitMs = Math.min(waitMs * 2, 5000)) {
      const { group, disconnect } = this.#open(memberId);
      try {
        await group.connect();
        await group.joinAndSync();
        if (away !== undefined && told) observer({ kind: 'resumed', of: 'broker', afterMs: performance.now() - away });
        away = undefined;
        told = false;
        waitMs = 100;
        this.#assigned(group);
        await this.#beat(group);
        if (gone.aborted) await group.leave().catch(() => {});
      } catch (error) {
        if (isFinal(error)) throw faultOfKafka(`The group ${this.#options.group} could not be joined`, error);
        away ??= performance.now();
        const passing = isPassing(error) && performance.now() - away < passingMs;
        if (!passing) {
          const fault = faultOfKafka(`The group ${this.#options.group} could not be reached`, error);
          if (performance.now() - away >= giveUpMs) throw fault;
          told = true;
          observer({ kind: 'paused', of: 'broker', code: fault.code, message: `${fault.message} ${fault.hint}`, retryInMs: waitMs });
        }
        await setTimeout(passing ? 100 : waitMs, undefined, { signal: gone }).catch(() => {});
      } finally {
        memberId = group.memberId;
        await disconnect();
      }
    }
  }

  /** Heartbeats and joins again at every rebalance, until it leaves or the connection breaks. */
  async #beat(group: ConsumerGroup): Promise<void> {
    const gone = this.#leaving.signal;
    while (!gone.aborted) {
      await setTimeout(heartbeatMs, undefined, { signal: gone }).catch(() => {});
      if (gone.aborted) return;
      try { await group.heartbeat({ interval: 0 }); } catch (error) {
        const { type } = rootOf(error);
        if (type === 'UNKNOWN_MEMBER_ID') group.memberId = null;
        else if (type !== 'REBALANCE_IN_PROGRESS' && type !== 'ILLEGAL_GENERATION') throw error;
        await group.joinAndSync();
        this.#assigned(group);
      }
    }
  }

  /** A new member id means that the group had given this member up: whatever it held may have had another owner meanwhile, so all of it is gained anew. */
  #assigned(group: ConsumerGroup): void {
    const now = group.assigned()[0]?.partitions.toSorted((a, b) => a - b) ?? [];
    const before = this.#member === group.memberId ? this.#owned : [];
    const change = { gained: now.filter((partition) => !before.includes(partition)), lost: this.#owned.filter((partition) => !now.includes(partition)) };
    const first = this.#member === undefined;
    this.#owned = now;
    this.#member = group.memberId ?? undefined;
    this.#generation = group.generationId ?? 0;
    if (!first && change.gained.length + change.lost.length === 0) return;
    this.#changes.push(change);
    crossPoint('group.joined');
    this.#wake?.();
  }

  #open(memberId: string | null): { readonly group: ConsumerGroup; disconnect(): Promise<void> } {
    const { client, group: groupId, topics, partitions, sessionTimeoutMs } = this.#options;
    const { AssignerProtocol: { MemberMetadata, MemberAssignment } } = kafkajs;
    const cluster = client.cluster();
    const assigner = {
      name: assignerName, version: 1,
      protocol: () => ({ name: assignerName, metadata: MemberMetadata.encode({ version: 1, topics: [...topics], userData: Buffer.from(JSON.stringify({ generation: this.#generation, owned: this.#owned })) }) }),
      assign: async ({ members }: { readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[] }) => {
        const shares = stickyShares(partitions, members.map(({ memberId: id, memberMetadata }) => ({ memberId: id, ...claimOf(MemberMetadata.decode(memberMetadata)?.userData) })));
        return [...shares].map(([id, share]) => ({ memberId: id, memberAssignment: MemberAssignment.encode({ version: 1, assignment: Object.fromEntries(topics.map((topic) => [topic, [...share]])), userData: Buffer.alloc(0) }) }));
      },
    };
    const group = new ConsumerGroup({
      cluster, groupId, topics: [...topics], topicConfigurations: Object.fromEntries(topics.map((topic) => [topic, { fromBeginning: true }])), logger: client.logger, instrumentationEmitter: new InstrumentationEventEmitter(), assigners: [assigner],
      retry: { initialRetryTime: 50, maxRetryTime: 1000, retries: 10 }, sessionTimeout: sessionTimeoutMs, rebalanceTimeout: rebalanceTimeoutMs, maxBytesPerPartition: 1, minBytes: 1, maxBytes: 1, maxWaitTimeInMs: 1, autoCommit: false, isolationLevel: 1, rackId: '', metadataMaxAge: 300_000,
    });
    group.memberId = memberId;
    return { group: withTopics(group, cluster, topics), disconnect: () => cluster.disconnect().catch(() => {}) };
  }
}

/** The group looks the partitions of its topics up in the metadata of its cluster. */
function withTopics(group: ConsumerGroup, cluster: ReturnType<KafkaClient['cluster']>, topics: readonly string[]): ConsumerGroup {
  const connect = group.connect.bind(group);
  group.connect = async () => { await connect(); await cluster.addMultipleTargetTopics(topics); };
  return group;
}

/** A member of another program, or of none of our versions, owns nothing that we know of. */
function claimOf(userData: Buffer | undefined): { readonly generation: number; readonly owned: readonly number[] } {
  try {
    const { generation, owned } = JSON.parse(userData?.toString() ?? '') as { readonly generation: number; readonly owned: readonly number[] };
    return { generation, owned };
  } catch { return { generation: 0, owned: [] }; }
}

/** Errors of a group that is just being shared out anew or whose coordinator moves. */
const isPassing = (error: unknown): boolean => /REBALANCE_IN_PROGRESS|ILLEGAL_GENERATION|UNKNOWN_MEMBER_ID|NOT_COORDINATOR|COORDINATOR_NOT_AVAILABLE|COORDINATOR_LOAD|GROUP_LOAD_IN_PROGRESS|MEMBER_ID_REQUIRED/.test(rootOf(error).type ?? '');
