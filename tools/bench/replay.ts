// npm run bench:replay: trees that lie on a Kafka become labelled chains, Parquet parts and a sealed data set, without a model; beside it the bare parts of that work on the very same records and rows.
//   --mb N (200, of JSON in `trees`)  --rounds N (3)  --write (into docs/benchmarks.md)
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import kafkajs from 'kafkajs';
import type { Broker, StoredRecord } from '@slowthink/broker';
import { openKafkaBroker } from '@slowthink/broker-kafka';
import { emptyLedger } from '@slowthink/stream';
import { startKafka } from '../kafka/start-kafka.ts';
import { consume, produce, recordsAtOnce } from './bare-kafka.ts';
import { copyParts, writeRows, type Labelled } from './bare-tables.ts';
import { loadNow, machineLine } from './machine.ts';
import { makeQuestions, slowthink, startLoadServer } from './processes.ts';
import { median, percent, publish, table } from './tables.ts';

const { values: flags } = parseArgs({ options: { mb: { type: 'string', default: '200' }, rounds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } } });
const [bytesWanted, rounds] = [Number(flags.mb) * 1e6, Number(flags.rounds)];
const machine = machineLine();
process.env['KAFKAJS_NO_PARTITIONER_WARNING'] = '1';

const { folder, file: questions } = makeQuestions(24);
const server = await startLoadServer(2, 0);
const kafka = await startKafka({ say: console.error, java: ['-XX:TieredStopAtLevel=4'] });
const client = new kafkajs.Kafka({ brokers: [kafka.bootstrap], logLevel: kafkajs.logLevel.NOTHING });

/** Every record of a topic that is not an end, some thousands at a time. */
async function* recordsOf(broker: Broker, topic: string): AsyncGenerator<readonly StoredRecord[]> {
  for (const { partition, start, end } of await broker.ranges(topic)) {
    const reader = broker.read(topic, partition, { next: start, unsettled: [] }, { until: end, prefetchMax: recordsAtOnce });
    let some: StoredRecord[] = [];
    while (await reader.ready()) {
      some.push(...reader.take(recordsAtOnce).filter(({ key }) => !key.startsWith('end/')));
      if (some.length >= recordsAtOnce) { yield some; some = []; }
    }
    reader.close();
    if (some.length > 0) yield some;
  }
}

/** The trees of the run again and again under other names, until there are enough bytes; then an end in every partition. */
async function fill(broker: Broker): Promise<{ readonly trees: number; readonly bytes: number }> {
  const originals: StoredRecord[] = [];
  for await (const some of recordsOf(broker, 'trees')) originals.push(...some);
  const partitions = (await broker.ranges('trees')).length;
  const tasks = await Promise.all(Array.from({ length: partitions }, (_, partition) => broker.claim('bench-fill', partition)));
  const counts = tasks.map(() => 0);
  const commit = (partition: number, outputs: readonly { readonly topic: string; readonly partition: number; readonly key: string; readonly value: string }[]) =>
    tasks[partition]!.commit({ outputs, progress: { type: 'progress', v: 1, stage: 'bench-fill', partition, positions: {}, restore: {}, ledger: emptyLedger, notes: {} } });
  let [trees, bytes] = [0, 0];
  for (let turn = 1; bytes < bytesWanted; turn++) {
    await Promise.all(tasks.map(async (_, partition) => {
      const outputs = originals.filter((one) => one.partition === partition).map(({ key, value }) => {
        const { treeId } = JSON.parse(value) as { readonly treeId: string };
        return { topic: 'trees', partition, key: `${key}~${turn}`, value: value.replaceAll(`"${key}"`, `"${key}~${turn}"`).replaceAll(treeId, `${treeId}-${turn}`) };
      });
      if (outputs.length === 0) return;
      await commit(partition, outputs);
      counts[partition]! += outputs.length;
      trees += outputs.length;
      bytes += outputs.reduce((sum, { value }) => sum + value.length, 0);
    }));
  }
  for (const [partition, count] of counts.entries()) await commit(partition, [{ topic: 'trees', partition, key: 'end/bench', value: JSON.stringify({ type: 'end', v: 1, batch: 'bench', count }) }]);
  await Promise.all(tasks.map((task) => task.release()));
  return { trees: trees + originals.length, bytes: bytes + originals.reduce((sum, { value }) => sum + value.length, 0) };
}

const parts = ['kafkajs consume of `trees`', 'kafkajs produce of `trajectories`', 'parquetjs-lite write of the rows', 'DuckDB COPY of the parts'] as const;
interface Round { readonly whole: number; readonly stages: number; readonly seal: number; readonly cpu: number; readonly parts: readonly number[]; readonly trees: number; readonly bytes: number; readonly labelled: number; readonly labelledBytes: number }

async function round(number: number): Promise<Round> {
  const run = `bench-replay-${number}`;
  const place = ['--broker', `kafka://${kafka.bootstrap}`, '--run', run, '--dir', join(folder, run)];
  await slowthink(['run', ...place, '--questions', questions, '--policy', `openai:${server.url}#mock`, '--recipe', 'meds3-v2']);
  const broker = await openKafkaBroker({ address: { brokers: [kafka.bootstrap] }, run });
  const { trees, bytes } = await fill(broker);
  const stages = await slowthink(['run', 'label', 'shard', ...place]);
  const sealing = await slowthink(['seal', ...place]);
  let [labelled, labelledBytes] = [0, 0];
  for await (const some of recordsOf(broker, 'trajectories')) { labelled += some.length; labelledBytes += some.reduce((sum, { value }) => sum + value.length, 0); }
  const scratch = mkdtempSync(join(tmpdir(), 'slowthink-replay-'));
  const admin = client.admin();
  await admin.connect();
  try {
    await admin.createTopics({ topics: [{ topic: `${run}.bare`, numPartitions: 8 }] });
    const took = [
      await consume(client, `${run}.trees`, trees),
      await produce(client, `${run}.bare`, recordsOf(broker, 'trajectories')),
      await writeRows(scratch, (async function* () { for await (const some of recordsOf(broker, 'trajectories')) yield some.map(({ value }) => JSON.parse(value) as Labelled); })()),
      await copyParts(join(folder, run, 'parts'), scratch),
    ];
    return { whole: stages.seconds + sealing.seconds, stages: stages.seconds, seal: sealing.seconds, cpu: stages.cpuSeconds + sealing.cpuSeconds, parts: took, trees, bytes, labelled, labelledBytes };
  } finally {
    const mine = (await admin.listTopics()).filter((topic) => topic.startsWith(`${run}.`));
    await broker.close();
    await admin.deleteTopics({ topics: mine });
    await admin.disconnect();
    for (const dir of [scratch, join(folder, run)]) rmSync(dir, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  }
}

const seen: Round[] = [];
try {
  for (let number = 1; number <= rounds; number++) {
    const one = await round(number);
    seen.push(one);
    console.error(`round ${number}, load ${loadNow()}: ${(one.bytes / 1e6).toFixed(0)} MB of trees in ${one.whole.toFixed(1)} s (label and shard ${one.stages.toFixed(1)}, seal ${one.seal.toFixed(1)}); ${parts.map((name, at) => `${name} ${one.parts[at]!.toFixed(1)} s`).join(', ')}`);
  }
} finally {
  server.stop();
  await kafka.stop();
}

const of = (pick: (one: Round) => number): number => median(seen.map(pick));
const slowest = parts.map((name, at) => ({ name, seconds: of((one) => one.parts[at]!) })).reduce((a, b) => (b.seconds > a.seconds ? b : a));
const first = seen[0]!;
publish('replay', [
  `${machine}. ${first.trees} trees, ${(first.bytes / 1e6).toFixed(0)} MB of JSON, become ${first.labelled} chains and pairs, ${(first.labelledBytes / 1e6).toFixed(0)} MB; medians of ${rounds} rounds.`, '',
  table(['what', 's', 'MB of trees a second', 'CPU s'], [
    ['label, shard and seal, as commands, start included', of(({ whole }) => whole).toFixed(1), (of(({ bytes, whole }) => bytes / whole) / 1e6).toFixed(1), of(({ cpu }) => cpu).toFixed(1)],
    ['of it the seal', of(({ seal }) => seal).toFixed(1), '', ''],
    ...parts.map((name, at) => [name, of((one) => one.parts[at]!).toFixed(1), (of((one) => one.bytes / one.parts[at]!) / 1e6).toFixed(1), '']),
  ]), '',
  `The slowest bare part is ${slowest.name}: the replay runs at ${percent(median(seen.map((one) => Math.max(...one.parts) / one.whole)))} of its speed.`,
].join('\n'), flags.write);
process.exit(); // a producer of kafkajs may keep a timer
