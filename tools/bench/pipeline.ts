// npm run bench:pipeline: requests/s of the whole pipeline with durability on, beside a bare undici client that appends its answers to a file with group fsync. All of them in turn, --rounds times.
//   --rounds N (3)  --seconds N (10, measured)  --warm N (8, before)  --in-flight N (256)  --latency MS (100)  --trees N (256 on SQLite)  --kafka-trees N (1024)  --only sqlite,kafka  --write (into docs/benchmarks.md)
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startKafka, type RunningKafka } from '../kafka/start-kafka.ts';
import { cpuSecondsOf, loadNow, machineLine } from './machine.ts';
import { makeQuestions, runNode, startLoadServer, startRun, type LoadServer } from './processes.ts';
import { median, percent, publish, table } from './tables.ts';

const { values: flags } = parseArgs({
  options: {
    'rounds': { type: 'string', default: '3' }, 'seconds': { type: 'string', default: '10' }, 'warm': { type: 'string', default: '8' }, 'in-flight': { type: 'string', default: '256' }, 'latency': { type: 'string', default: '100' },
    'trees': { type: 'string', default: '256' }, 'kafka-trees': { type: 'string', default: '1024' }, 'only': { type: 'string', default: 'sqlite,kafka' }, 'write': { type: 'boolean', default: false },
  },
});
const [rounds, seconds, warm, inFlight] = [flags.rounds, flags.seconds, flags.warm, flags['in-flight']].map(Number) as [number, number, number, number];
const machine = machineLine();

/** What one subject did in one round; CPU in ms a request. */
interface Seen { readonly perSecond: number; readonly cpu: { readonly [process: string]: number }; readonly trees: number }

const { folder, file: questions } = makeQuestions(3000);
const config = join(folder, 'slowthink.json');
writeFileSync(config, JSON.stringify({ search: { nodesMax: 8, depthMax: 4 } })); // small trees: openings, closings, labels and parts all belong to the time that is measured
const server = await startLoadServer(Number(flags.latency), 8953);
let kafka: RunningKafka | undefined;
let runs = 0;

/** All stages in one process, as a user starts it; measured from `warm` seconds after its first request on, and from the first closed trees on where they come within a minute. */
async function pipeline(log: readonly string[], trees: string, broker?: RunningKafka): Promise<Seen> {
  const asked = (await server.stats()).requests;
  const run = startRun(['--questions', questions, '--dir', join(folder, `run-${++runs}`), '--policy', `openai:${server.url}#mock`, '--config', config, '--in-flight', String(inFlight), '--trees', trees, ...log]);
  try {
    while ((await server.stats()).requests === asked && run.child.exitCode === null) await sleep(50);
    await sleep(warm * 1000);
    for (let waited = 0; (run.lines.at(-1)?.trees.closed ?? 0) === 0 && waited < 60 && run.child.exitCode === null; waited++) await sleep(1000);
    const watched = { pipeline: run.child.pid!, 'load server': server.pid, ...(broker ? { broker: broker.pid } : {}) };
    const look = async () => ({ at: performance.now(), requests: (await server.stats()).requests, cpu: Object.entries(watched).map(([name, pid]) => [name, cpuSecondsOf(pid)] as const) });
    const closed = run.lines.at(-1)?.trees.closed ?? 0;
    const from = await look();
    await sleep(seconds * 1000);
    const to = await look();
    const count = to.requests - from.requests;
    return { perSecond: count / (to.at - from.at) * 1000, cpu: Object.fromEntries(to.cpu.map(([name, used], at) => [name, (used - from.cpu[at]![1]) * 1000 / count])), trees: (run.lines.at(-1)?.trees.closed ?? 0) - closed };
  } finally {
    run.child.kill('SIGKILL');
    await run.ended;
  }
}

/** The same requests, asked again by a process that only keeps the answers. */
async function bare(of: LoadServer, bodies: string): Promise<Seen> {
  const before = cpuSecondsOf(of.pid);
  const asked = (await of.stats()).requests;
  const { answered, seconds: took, cpuMs } = JSON.parse(await runNode('bare-client.ts', [of.url, String(inFlight), String(seconds), bodies, join(folder, `answers-${++runs}`)])) as { readonly answered: number; readonly seconds: number; readonly cpuMs: number };
  return { perSecond: answered / took, cpu: { 'pipeline': cpuMs / answered, 'load server': (cpuSecondsOf(of.pid) - before) * 1000 / ((await of.stats()).requests - asked) }, trees: 0 };
}

type Subject = readonly [name: string, measure: () => Promise<Seen>];
const bodies = join(folder, 'bodies.json');
const subjects: Subject[] = [
  ['bare undici client, answers to a file with group fsync', () => bare(server, bodies)],
  ...(flags.only.includes('sqlite') ? [['SQLite, durability power', () => pipeline(['--durability', 'power'], flags.trees)]] as const : []),
  ...(flags.only.includes('kafka') ? [[`Kafka, one process, ${flags['kafka-trees']} trees`, () => pipeline(['--broker', `kafka://${kafka!.bootstrap}`, '--run', `bench-${process.pid}-${runs}`], flags['kafka-trees'], kafka)]] as const : []),
];
const seen = new Map<string, Seen[]>(subjects.map(([name]) => [name, []]));
try {
  if (flags.only.includes('kafka')) kafka = await startKafka({ say: console.error, java: ['-XX:TieredStopAtLevel=4'] }); // a broker that runs for days compiles what it does often
  await pipeline([], flags.trees); // fills the caches, and tells what the bare client shall ask
  writeFileSync(bodies, JSON.stringify(await server.bodies()));
  if (kafka) await pipeline(['--broker', `kafka://${kafka.bootstrap}`, '--run', `bench-${process.pid}-warm`], flags.trees, kafka); // Java compiles what the broker does often
  for (let round = 1; round <= rounds; round++) {
    for (const [name, measure] of subjects) {
      const one = await measure();
      seen.get(name)!.push(one);
      console.error(`round ${round}, load ${loadNow()}: ${name}: ${one.perSecond.toFixed(0)} requests/s; CPU ms a request: ${Object.entries(one.cpu).map(([process, ms]) => `${process} ${ms.toFixed(2)}`).join(', ')}; trees closed ${one.trees}`);
    }
  }
} finally {
  server.stop();
  await kafka?.stop();
}

const of = (name: string, pick: (one: Seen) => number): number => median(seen.get(name)!.map(pick));
const yardstick = seen.get(subjects[0]![0])!;
const share = (name: string): string => percent(median(seen.get(name)!.map(({ perSecond }, round) => perSecond / yardstick[round]!.perSecond)));
const cpu = (name: string, process: string): string => (seen.get(name)![0]!.cpu[process] === undefined ? '–' : of(name, (one) => one.cpu[process]!).toFixed(2));
publish('pipeline', [
  `${machine}. ${inFlight} requests in flight, ${flags.latency} ms a request, recipe meds3-v2 with trees of 8 nodes; medians of ${rounds} rounds of ${seconds} s, taken in turn.`, '',
  table(['what', 'requests/s', 'of bare', 'CPU ms a request: pipeline or client', 'broker', 'load server'], subjects.map(([name]) => [name, of(name, ({ perSecond }) => perSecond).toFixed(0), share(name), cpu(name, 'pipeline'), cpu(name, 'broker'), cpu(name, 'load server')])),
].join('\n'), flags.write);
