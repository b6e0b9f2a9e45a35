// Topics of a run on a broker that others use too: made, checked, listed, deleted from.
import { setTimeout } from 'node:timers/promises';
import { missingTopics, type TopicSpec } from '@slowthink/broker';
import { FaultError } from '@slowthink/faults';
import kafkajs, { type Admin } from 'kafkajs';
import { faultOfKafka, rootOf } from './kafka-faults.ts';
import { kafkaName, retentionOf, topicConfig, topicProblems } from './topic-config.ts';

type Configs = ReadonlyMap<string, { readonly [name: string]: string | undefined }>;

const triesMax = 4;
const metadataWithinMs = 10_000;
const decidedTries = 20;

export class TopicAdmin {
  readonly #run: string;
  readonly #admin: Admin;

  constructor(run: string, admin: Admin) {
    this.#run = run;
    this.#admin = admin;
  }

  /** BROKER_UNREACHABLE, BROKER_UNAUTHORIZED. */
  async connect(): Promise<void> {
    try { await this.#admin.connect(); } catch (error) { throw faultOfKafka('The Kafka broker could not be reached', error); }
  }

  /** Topics whose names begin with the run's, without that prefix. */
  async list(): Promise<readonly TopicSpec[]> {
    const prefix = kafkaName(this.#run, '');
    return this.#ask('The topics could not be listed', async () => {
      const names = (await this.#admin.listTopics()).filter((name) => name.startsWith(prefix));
      if (names.length === 0) return [];
      const [{ topics }, configs] = [await this.#admin.fetchTopicMetadata({ topics: names }), await this.#configs(names)];
      return topics.map(({ name, partitions }): TopicSpec => ({ name: name.slice(prefix.length), partitions: partitions.length, retention: retentionOf(configs.get(name) ?? {}) }));
    });
  }

  /** Makes what is missing. DIR_SETTINGS_CHANGED for another partition count, TOPIC_WRONG for a topic that would lose or refuse records; nothing is made then. */
  async ensure(specs: readonly TopicSpec[]): Promise<readonly TopicSpec[]> {
    const missing = missingTopics(await this.list(), specs);
    await this.#check(specs.filter((spec) => !missing.includes(spec)));
    if (missing.length > 0) {
      await this.#ask('The topics could not be made', async () => {
        try {
          await this.#admin.createTopics({ waitForLeaders: false, topics: missing.map((spec) => ({ topic: kafkaName(this.#run, spec.name), numPartitions: spec.partitions, configEntries: Object.entries(topicConfig(spec)).map(([name, value]) => ({ name, value })) })) });
        } catch (error) { if (!/TOPIC_ALREADY_EXISTS/.test(typesOf(error))) throw error; } // another worker of the run was faster
      });
      await this.#led(missing);
      missingTopics(await this.list(), specs); // and with the same counts
    }
    return this.list();
  }

  /** Records below an offset; with an age, below the first record that is younger as well. */
  async deleteBelow(topic: string, partition: number, offset: number, olderThanMs: number): Promise<void> {
    const name = kafkaName(this.#run, topic);
    await this.#ask('Old records could not be deleted', async () => {
      let below = offset;
      if (olderThanMs > 0) {
        const young = await this.#admin.fetchTopicOffsetsByTimestamp(name, Date.now() - olderThanMs);
        below = Math.min(below, Number(young.find((one) => one.partition === partition)?.offset ?? 0));
      }
      const range = async () => (await this.#admin.fetchTopicOffsets(name)).find((one) => one.partition === partition);
      let low = await range();
      for (let tries = 0; low !== undefined && Number(low.high) < below && tries < decidedTries; tries++) { await setTimeout(50); low = await range(); } // the end is that of decided records, and a marker comes a moment after its commit
      if (low !== undefined && below > Number(low.low)) await this.#admin.deleteTopicRecords({ topic: name, partitions: [{ partition, offset: String(Math.min(below, Number(low.high))) }] });
    });
  }

  async close(): Promise<void> { await this.#admin.disconnect().catch(() => {}); }

  /** How many brokers the cluster has. */
  brokers(): Promise<number> { return this.#ask('The cluster could not be described', async () => (await this.#admin.describeCluster()).brokers.length); }

  async #check(specs: readonly TopicSpec[]): Promise<void> {
    const problems = await this.problems(specs);
    if (problems.length > 0) throw new FaultError('TOPIC_WRONG', `${problems.join('; ')}.`);
  }

  /** Why topics that are there would lose or refuse records: a clause for each. */
  async problems(specs: readonly TopicSpec[]): Promise<readonly string[]> {
    if (specs.length === 0) return [];
    const configs = await this.#ask('The settings of the topics could not be read', () => this.#configs(specs.map(({ name }) => kafkaName(this.#run, name))));
    return specs.flatMap((spec) => topicProblems(spec, configs.get(kafkaName(this.#run, spec.name)) ?? {}).map((problem) => `${kafkaName(this.#run, spec.name)}: ${problem}`));
  }

  async #configs(names: readonly string[]): Promise<Configs> {
    const { resources } = await this.#admin.describeConfigs({ includeSynonyms: false, resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })) });
    return new Map(resources.map(({ resourceName, configEntries }) => [resourceName, Object.fromEntries(configEntries.map(({ configName, configValue }) => [configName, configValue]))]));
  }

  /** Waits until every partition has a leader: createTopics answers before. */
  async #led(specs: readonly TopicSpec[]): Promise<void> {
    const names = specs.map(({ name }) => kafkaName(this.#run, name));
    const deadline = performance.now() + metadataWithinMs;
    for (let waitMs = 2; ; waitMs = Math.min(2 * waitMs, 200)) {
      try {
        const { topics } = await this.#admin.fetchTopicMetadata({ topics: names });
        if (topics.every(({ name, partitions }) => partitions.length === specs[names.indexOf(name)]!.partitions && partitions.every(({ leader }) => leader >= 0))) return;
      } catch (error) { if (performance.now() > deadline) throw faultOfKafka('The new topics have no leaders', error); }
      if (performance.now() > deadline) throw new FaultError('BROKER_UNREACHABLE', `The new topics ${names.join(', ')} have no leaders after ${metadataWithinMs / 1000} s.`);
      await setTimeout(waitMs);
    }
  }

  /** Again on a fresh connection where the old one broke or a leader has moved. */
  async #ask<Value>(what: string, call: () => Promise<Value>): Promise<Value> {
    for (let tries = 1; ; tries++) {
      try { return await call(); } catch (error) {
        const { name = '', type = '' } = rootOf(error);
        if (tries === triesMax || !(/Connection|Disconnected|Timeout/.test(name) || /NOT_LEADER|LEADER_NOT_AVAILABLE|UNKNOWN_TOPIC_OR_PARTITION/.test(type))) throw faultOfKafka(what, error);
        await this.#admin.disconnect().catch(() => {});
        await setTimeout(100 * tries);
        try { await this.#admin.connect(); } catch (again) { if (tries + 1 === triesMax) throw faultOfKafka(what, again); }
      }
    }
  }
}

/** Error types of a request over several topics. */
const typesOf = (error: unknown): string => [rootOf(error), ...((error as { readonly errors?: readonly unknown[] }).errors ?? [])].map((one) => (one as { readonly type?: string }).type ?? '').join(' ');
