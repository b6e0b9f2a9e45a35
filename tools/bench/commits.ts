// npm run bench:commits: what a commit costs on each log: transactions/s of 10 records for 1, 4 and 8 tasks that commit one after the other, and records/s and CPU a record in transactions of 200. Records of 1 KB.
//   --seconds N (2, a cell)  --rounds N (3)  --write (into docs/benchmarks.md)
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { MemoryBroker, type Broker, type Task } from '@slowthink/broker';
import { openKafkaBroker } from '@slowthink/broker-kafka';
import { openSqliteBroker } from '@slowthink/broker-sqlite';
import { emptyLedger } from '@slowthink/stream';
import { startKafka } from '../kafka/start-kafka.ts';
import { cpuSecondsOf, machineLine } from './machine.ts';
import { median, publish, table } from './tables.ts';

const { values: flags } = parseArgs({ options: { seconds: { type: 'string', default: '2' }, rounds: { type: 'string', default: '3' }, write: { type: 'boolean', default: false } } });
const [seconds, rounds] = [Number(flags.seconds), Number(flags.rounds)];
const machine = machineLine();
const folder = mkdtempSync(join(tmpdir(), 'slowthink-commits-'));
const partitions = 8;
const text = 'the patient has fever and cough so we check the dose of each drug '.repeat(15).slice(0, 1000);

interface Rate { readonly perSecond: number; readonly cpuMs: number; readonly brokerMs: number }

/** Commits of `width` records by each task for a while; CPU in ms a transaction. */
async function commit(tasks: readonly Task[], width: number, broker: number | undefined, warmMs = 300): Promise<Rate> {
  let count = 0;
  const run = async (task: Task, until: number): Promise<void> => {
    for (let turn = 0; performance.now() < until; turn++, count++) {
      const outputs = Array.from({ length: width }, (_, at) => ({ topic: at % 5 === 0 ? 'trees' : 'expansions', partition: task.partition, key: `question ${at}`, value: `${text}${turn}-${at}` }));
      await task.commit({ outputs, progress: { type: 'progress', v: 1, stage: 'bench', partition: task.partition, positions: { questions: { next: turn + 1, unsettled: [] } }, restore: {}, ledger: emptyLedger, notes: {} } });
    }
  };
  await Promise.all(tasks.map((task) => run(task, performance.now() + warmMs)));
  count = 0;
  const [cpu, java, start] = [process.cpuUsage(), broker === undefined ? 0 : cpuSecondsOf(broker), performance.now()];
  await Promise.all(tasks.map((task) => run(task, start + seconds * 1000)));
  const { user, system } = process.cpuUsage(cpu);
  return { perSecond: count / (performance.now() - start) * 1000, cpuMs: (user + system) / 1000 / count, brokerMs: broker === undefined ? 0 : (cpuSecondsOf(broker) - java) * 1000 / count };
}

const kafka = await startKafka({ say: console.error, java: ['-XX:TieredStopAtLevel=4'] });
let opened = 0;
const logs: readonly (readonly [name: string, open: () => Promise<Broker>, broker?: number])[] = [
  ['memory', async () => new MemoryBroker()],
  ['SQLite, durability process', () => openSqliteBroker({ dir: join(folder, String(++opened)), mode: 'run', durability: 'process' })],
  ['SQLite, durability power', () => openSqliteBroker({ dir: join(folder, String(++opened)), mode: 'run', durability: 'power' })],
  ['Kafka', () => openKafkaBroker({ address: { brokers: [kafka.bootstrap] }, run: `bench-commits-${++opened}` }), kafka.pid],
];
const rates = new Map<string, Rate[]>();
try {
  for (let round = 1; round <= rounds; round++) {
    for (const [name, open, pid] of logs) {
      const broker = await open();
      await broker.ensureTopics(['questions', 'expansions', 'trees'].map((topic) => ({ name: topic, partitions, retention: 'forever' })));
      const tasks = await Promise.all(Array.from({ length: partitions }, (_, partition) => broker.claim('bench', partition)));
      if (round === 1 && pid !== undefined) await commit(tasks, 10, pid, 8000); // Java compiles what it has done often
      for (const [count, width] of [[1, 10], [4, 10], [8, 10], [8, 200]] as const) {
        const rate = await commit(tasks.slice(0, count), width, pid);
        const key = `${name}/${count}/${width}`;
        rates.set(key, [...rates.get(key) ?? [], rate]);
        console.error(`round ${round}: ${name}, ${count} tasks, ${width} records: ${rate.perSecond.toFixed(0)} transactions/s, CPU ms each ${rate.cpuMs.toFixed(2)}${pid === undefined ? '' : `, broker ${rate.brokerMs.toFixed(2)}`}`);
      }
      await broker.close();
    }
  }
} finally {
  await kafka.stop();
  rmSync(folder, { recursive: true, force: true });
}

const of = (name: string, cell: string, pick: (rate: Rate) => number): number => median(rates.get(`${name}/${cell}`)!.map(pick));
publish('commits', [
  `${machine}. Records of 1 KB, medians of ${rounds} rounds of ${seconds} s, the logs taken in turn.`, '',
  table(['log', 'transactions/s of 10 records: 1 task', '4 tasks', '8 tasks', 'records/s, 8 tasks, 200 a transaction', 'CPU µs a record there', 'of the broker'], logs.map(([name, , pid]) => [
    name, ...['1/10', '4/10', '8/10'].map((cell) => of(name, cell, ({ perSecond }) => perSecond).toFixed(0)), (of(name, '8/200', ({ perSecond }) => perSecond) * 200).toFixed(0),
    (of(name, '8/200', ({ cpuMs }) => cpuMs) * 1000 / 200).toFixed(1), pid === undefined ? '–' : (of(name, '8/200', ({ brokerMs }) => brokerMs) * 1000 / 200).toFixed(1),
  ])),
].join('\n'), flags.write);
process.exit(); // producers of kafkajs may keep a timer
