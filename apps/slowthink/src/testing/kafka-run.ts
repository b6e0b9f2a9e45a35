// A run on a real Kafka as tests see it: its flags, its topics from outside, and what a stranger could do to them.
import { randomUUID } from 'node:crypto';
import { kafkaName } from '@slowthink/broker-kafka';
import kafkajs, { type Admin, type Kafka, type Message } from 'kafkajs';
import type { Ended, Running, Workplace } from './command-line.ts';
import type { ModelServer } from './model-server.ts';

export interface LogRecord {
  readonly partition: number;
  readonly offset: number;
  readonly key: string | undefined;
  readonly value: string | undefined;
}

/** Settings of a search of a few turns. */
export const fewNodes = { SLOWTHINK_SEARCH_NODES_MAX: '4', SLOWTHINK_SEARCH_SIMULATION_MIN: '6' } as const;

/** A name that no other run has. */
export const freshName = (what: string): string => `${what}-${randomUUID().slice(0, 8)}`;

export class KafkaRun {
  readonly name: string;
  readonly bootstrap: string;
  readonly kafka: Kafka;
  readonly #place: Workplace;

  constructor(place: Workplace, bootstrap: string, name: string) {
    this.#place = place;
    this.bootstrap = bootstrap;
    this.name = name;
    process.env['KAFKAJS_NO_PARTITIONER_WARNING'] ??= '1';
    this.kafka = new kafkajs.Kafka({ brokers: [bootstrap], logLevel: kafkajs.logLevel.NOTHING, retry: { retries: 5 } });
  }

  get place(): Workplace { return this.#place; }

  /** Which log and which run. */
  get flags(): readonly string[] { return ['--broker', `kafka://${this.bootstrap}`, '--run', this.name]; }

  topic(name: string): string { return kafkaName(this.name, name); }

  /** A process of the run: of all stages, or of the named one. */
  start(server: ModelServer, stage: string | undefined, dir: string, more: readonly string[] = [], env: { readonly [name: string]: string } = fewNodes): Running {
    return this.#place.start(['run', ...(stage === undefined ? [] : [stage]), ...this.flags, '--dir', dir, '--policy', server.policy, '--preset', 'laptop', '--json', ...more], env);
  }

  /** A command that asks no model. */
  command(args: readonly string[], env?: { readonly [name: string]: string }): Promise<Ended> { return this.#place.run([...args, ...this.flags], env); }

  async withAdmin<Value>(work: (admin: Admin) => Promise<Value>): Promise<Value> {
    const admin = this.kafka.admin();
    await admin.connect();
    try { return await work(admin); } finally { await admin.disconnect(); }
  }

  /** Writes past the program, as another one would. */
  async produce(topic: string, messages: readonly Message[]): Promise<void> {
    const producer = this.kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
    await producer.connect();
    try { await producer.send({ topic: this.topic(topic), messages: [...messages] }); } finally { await producer.disconnect(); }
  }
}

/** Waits until something holds; fails after a minute with what was waited for. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`waited a minute in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
