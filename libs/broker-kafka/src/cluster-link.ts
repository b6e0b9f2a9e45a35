import type Cluster from 'kafkajs/src/cluster/index.js';
import { setTimeout } from 'node:timers/promises';
import type { Observer } from '@slowthink/stream';
import { faultOfKafka, isFinal } from './kafka-faults.ts';

export interface LinkOptions {
  readonly open: () => Cluster;
  readonly observer: Observer;
  /** How long a broker that is away is waited for. */
  readonly giveUpMs: number;
}

/** One connected cluster for one purpose; a connection that broke is thrown away and made anew. */
export class ClusterLink {
  readonly #options: LinkOptions;
  readonly #closing = new AbortController();
  readonly #topics = new Set<string>();
  #cluster: Promise<Cluster> | undefined;

  constructor(options: LinkOptions) { this.#options = options; }

  get closed(): boolean { return this.#closing.signal.aborted; }

  /** Calls with a connected cluster that knows `topics`, again and again while the broker is away (100 ms to 5 s apart). Faults: BROKER_UNREACHABLE after `giveUpMs`, BROKER_UNAUTHORIZED and BROKER_REFUSED at once. */
  async use<Value>(what: string, topics: readonly string[], call: (cluster: Cluster) => Promise<Value>): Promise<Value> {
    const { observer, giveUpMs } = this.#options;
    const start = performance.now();
    for (let waitMs = 100, tries = 0; ; waitMs = Math.min(waitMs * 2, 5000), tries++) {
      this.#closing.signal.throwIfAborted();
      try {
        const value = await call(await this.#connected(topics));
        if (tries > toldFrom) observer({ kind: 'resumed', of: 'broker', afterMs: performance.now() - start });
        return value;
      } catch (error) {
        this.#closing.signal.throwIfAborted();
        const fault = faultOfKafka(what, error);
        if (isFinal(error) || performance.now() - start >= giveUpMs) throw fault;
        await this.#discard();
        if (tries >= toldFrom) observer({ kind: 'paused', of: 'broker', code: fault.code, message: `${fault.message} ${fault.hint}`, retryInMs: waitMs });
        await setTimeout(waitMs, undefined, { signal: this.#closing.signal });
      }
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the broker is closed'));
    await this.#discard();
  }

  #connected(topics: readonly string[]): Promise<Cluster> {
    for (const topic of topics) this.#topics.add(topic);
    this.#cluster ??= this.#connect();
    return this.#cluster.then(async (cluster) => { await cluster.addMultipleTargetTopics([...this.#topics]); await cluster.refreshMetadataIfNecessary(); return cluster; });
  }

  async #connect(): Promise<Cluster> {
    const cluster = this.#options.open();
    try { await cluster.connect(); } catch (error) { await cluster.disconnect().catch(() => {}); throw error; }
    return cluster;
  }

  async #discard(): Promise<void> {
    const cluster = this.#cluster;
    this.#cluster = undefined;
    await cluster?.then((one) => one.disconnect()).catch(() => {});
  }
}

const toldFrom = 2; // tries; a leader that moves is no pause
