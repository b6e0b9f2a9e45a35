import type { Broker, Membership, MemoryBroker, PartitionRange, Position, Reader, ReadOptions, Receipt, Task, TopicSpec, Transaction } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import type { ProgressRecord } from '@slowthink/records';
import type { SimulatedGroup } from './simulated-group.ts';
import type { Life } from './virtual-time.ts';
import { never, type World } from './world.ts';

export interface SimulatedBrokerOptions {
  readonly world: World;
  readonly life: Life;
  readonly log: MemoryBroker;
  /** The group of a stage; undefined: the process is alone with the log. */
  readonly groupOf: ((stage: string) => SimulatedGroup) | undefined;
  /** Told of each transaction as it becomes visible. */
  readonly written: (transaction: Transaction) => void;
}

const away = (what: string): FaultError => new FaultError('BROKER_UNREACHABLE', `The connection broke during a ${what}.`);

/** The log in memory as one life reaches it: every call takes its time, may be its last, and a commit may fail before it is written or after. */
export class SimulatedBroker implements Broker {
  readonly kind = 'memory';
  readonly exclusive: boolean;
  readonly #options: SimulatedBrokerOptions;
  readonly #readers = new Set<Reader>();

  constructor(options: SimulatedBrokerOptions) {
    this.#options = options;
    this.exclusive = options.log.exclusive;
    options.world.onDeath((life) => { if (life === options.life) for (const reader of this.#readers) reader.close(); });
  }

  async join(stage: string, topics: readonly string[]): Promise<Membership> {
    const { log, life, groupOf } = this.#options;
    return this.#call(`join ${stage}`, () => groupOf === undefined ? log.join(stage, topics) : groupOf(stage).join(life));
  }

  async claim(stage: string, partition: number): Promise<Task> {
    const task = await this.#call(`claim ${stage}/${partition}`, () => this.#options.log.claim(stage, partition));
    return {
      stage, partition, progress: task.progress,
      read: (topic, from, options) => this.#reader(task.read(topic, from, options), `${topic}/${partition}`),
      commit: (transaction) => this.#commit(task, transaction),
      release: () => this.#call(`release ${stage}/${partition}`, () => task.release()),
    };
  }

  read(topic: string, partition: number, from: Position, options?: ReadOptions): Reader {
    return this.#reader(this.#options.log.read(topic, partition, from, options), `${topic}/${partition}`);
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> { return this.#call('ensure topics', () => this.#options.log.ensureTopics(specs)); }
  topics(): Promise<readonly TopicSpec[]> { return this.#call('topics', () => this.#options.log.topics()); }
  ranges(topic: string): Promise<readonly PartitionRange[]> { return this.#call(`ranges ${topic}`, () => this.#options.log.ranges(topic)); }
  progress(): Promise<readonly ProgressRecord[]> { return this.#call('progress', () => this.#options.log.progress()); }
  deleteBelow(topic: string, partition: number, offset: number): Promise<void> { return this.#call(`delete below ${topic}/${partition}/${offset}`, () => this.#options.log.deleteBelow(topic, partition, offset)); }
  async close(): Promise<void> { for (const reader of this.#readers) reader.close(); }

  #call<Value>(where: string, work: () => Promise<Value> | Value): Promise<Value> {
    const { world, life } = this.#options;
    return world.call(life, 'broker', where, work);
  }

  /** Once it is on its way, a commit may be written though whoever sent it is dead: as long as nobody has claimed the task since. */
  async #commit(task: Task, transaction: Transaction): Promise<Receipt> {
    const { world, life, written } = this.#options;
    const { weather, random } = world;
    const name = `commit ${task.stage}/${task.partition}`;
    if (!await world.way(life, 'broker', name) && (weather.workers === 1 || random.chance(0.5))) return never;
    if (world.strikes('full')) throw new FaultError('DISK_FULL', `There is no space left for the ${name}.`);
    if (world.strikes('refused')) { world.say(life, () => `${name} fails`); throw away(name); }
    if (!life.alive) world.count('a commit outlives its process');
    const receipt = await task.commit(transaction).catch((error: unknown) => {
      if (error instanceof FaultError && error.code === 'TASK_FENCED') world.count('a worker is fenced');
      throw error;
    });
    world.say(life, () => `${name} is written: ${transaction.outputs.map(({ topic }, index) => `${topic}/${receipt.offsets[index]}`).join(' ')} ${JSON.stringify(transaction.progress.positions)}`);
    written(transaction);
    const lost = world.strikes('lost');
    if (!await world.way(life, 'broker', `${name} answered`)) return never;
    if (lost) { world.say(life, () => `the answer to ${name} is lost`); throw away(name); }
    return receipt;
  }

  #reader(reader: Reader, name: string): Reader {
    const { world, life } = this.#options;
    this.#readers.add(reader);
    return {
      ready: async () => {
        const there = await reader.ready();
        if (!await world.way(life, 'broker', `read ${name}`)) return never;
        return there;
      },
      get atEnd() { return reader.atEnd; },
      take: (max) => reader.take(max),
      close: () => { this.#readers.delete(reader); reader.close(); },
    };
  }
}
