// What else happens to a run on a Kafka: the broker dies, a worker freezes and comes back, two runs share the broker, answers are lost.
import { setTimeout } from 'node:timers/promises';
import { seedRandom } from '../dosage/random.ts';
import { freePort } from '../kafka/free-port.ts';
import { startKafka, type RunningKafka } from '../kafka/start-kafka.ts';
import { randomCase, type Quiet } from './cases.ts';
import { kafkaApis, startCuttingProxy, type CuttingProxy, type KafkaApi } from './cutting-proxy.ts';
import type { Deployment } from './deployment.ts';
import { kafkaDeployment, sessionMs, stageCommands } from './kafka-deployment.ts';
import { againMax } from './small-run.ts';
import type { Tried } from './summary.ts';
import { tryFates, tryUntilReached, type Trial } from './trial.ts';

export interface Scenario {
  readonly row: string;
  readonly of: string;
  /** One trial a run it is made of. */
  try(): Promise<readonly Trial[]>;
}

const slowMs = 100; // of the model server: workers start in the time of a few calls
const frozenMs = sessionMs + 4000; // the group has given the worker up, and another one has its partitions

/** A worker that joins takes partitions over in the middle of their calls, which are asked once more; two stages ask. */
const joiningMax = (workers: number): number => (workers - 1) * 2 * againMax;

/** Where a worker is frozen: in the middle of a transaction, between a file and its record, with calls in flight. */
const freezingPoints = [
  ['expand', 'transaction.sent of expand', 5], ['expand', 'commit.made of expand', 9], ['rollout', 'transaction.ending of rollout', 7], ['rollout', 'reply.received', 20], ['label', 'transaction.sent of label', 2],
  ['shard', 'part.synced of prm', 2], ['shard', 'part.kept of prm', 2], ['shard', 'transaction.sent of shard', 2],
] as const;

type Losses = { readonly [Api in KafkaApi]?: number };

/** Every answer the adapter waits for, and one of how many is lost. */
const losses: Required<Losses> = { produce: 9, fetch: 40, joinGroup: 2, heartbeat: 3, initProducerId: 3, addPartitionsToTransaction: 11, addOffsetsToTransaction: 11, endTransaction: 7, commitOffsets: 11 };
const apis = Object.keys(kafkaApis) as readonly KafkaApi[];

/** kill -9 of the broker once every worker runs and the model server was asked that share of all requests: no process ends, and all go on when it is back. */
export const brokerDies = (kafka: RunningKafka, quiet: Quiet, share: number, awayMs: number): Scenario => ({
  row: 'broker killed', of: `at ${Math.round(100 * share)} % of the requests, away for ${awayMs / 1000} s`,
  try: async () => [await tryFates(kafkaDeployment(kafka.bootstrap), {}, {
    quiet: quiet.left, trace: true, latencyMs: slowMs, againMax: 2 * againMax,
    meanwhile: async ({ requests, crossed }) => {
      while (await requests() < share * quiet.requests || !crossed('stages.running', stageCommands)) await setTimeout(20);
      await kafka.kill();
      await setTimeout(awayMs);
      await kafka.restart();
    },
  })],
});

/** One of so many workers a stage stops at a point, and goes on when the group has given it up. */
export const freezes = (bootstrap: string, quiet: Quiet, command: string, point: string, crossing: number, workers: number): Promise<Trial> =>
  tryUntilReached(kafkaDeployment(bootstrap, workers), { [command]: [{ kind: 'frozen', point, crossing, forMs: frozenMs }] }, { quiet: quiet.left, againMax: joiningMax(workers), ...(workers === 1 ? {} : { latencyMs: slowMs }) }); // a run of a second or two may be over before each of two workers has a partition

/** The scenarios, one after the other on the broker given; lost answers have one of their own. */
export function kafkaScenarios(kafka: RunningKafka, quiet: Quiet, seed: string): readonly Scenario[] {
  const deployment = kafkaDeployment(kafka.bootstrap);
  const random = seedRandom(`scenarios/${seed}`);
  return [
    brokerDies(kafka, quiet, 1 / 3 + 0.1 * random(), 1000), brokerDies(kafka, quiet, 2 / 3 + 0.1 * random(), 8000),
    ...freezingPoints.flatMap(([command, point, crossing]) => [1, 2].map((workers): Scenario => ({
      row: 'worker frozen', of: `${command} at ${point.split(' of ')[0]}${workers === 2 ? ', another one takes over' : ''}`,
      try: async () => [await freezes(kafka.bootstrap, quiet, command, point, workers === 2 ? Math.ceil(crossing / 2) : crossing, workers)],
    }))),
    { row: 'two runs at once', of: 'both with kills', try: () => Promise.all([1, 2].map((run) => tryFates(deployment, randomCase(quiet, `two runs/${seed}/${run}`).fates, { quiet: quiet.left }))) },
    { row: 'two workers a stage', of: 'with kills', try: async () => [await tryFates(kafkaDeployment(kafka.bootstrap, 2), randomCase(quiet, `two workers/${seed}`).fates, { quiet: quiet.left, againMax: joiningMax(2) })] },
  ];
}

/** Loses answers of each kind in turn, then of all kinds in one run, on a broker that clients reach through a proxy alone. */
export async function tryLostAnswers(quiet: Quiet, seed: string, done: (tried: Tried) => void): Promise<void> {
  await withCuttingProxy(async (deployment, proxy) => {
    for (const api of apis) done(await losing(deployment, proxy, quiet, { [api]: losses[api] }, 8, api));
    done(await losing(deployment, proxy, quiet, drawnLosses(seed), 2, 'every kind'));
  });
}

/** A broker whose address for clients is a proxy that loses answers; both end with the work. */
export async function withCuttingProxy(work: (deployment: Deployment, proxy: CuttingProxy) => Promise<void>): Promise<void> {
  const port = await freePort();
  const proxy = await startCuttingProxy(port);
  try {
    const kafka = await startKafka({ port, settings: { 'advertised.listeners': `CLIENT://127.0.0.1:${proxy.port}` } });
    try { await work(kafkaDeployment(`127.0.0.1:${proxy.port}`), proxy); } finally { await kafka.stop(); }
  } finally { await proxy.close(); }
}

/** One run that loses answers, `most` of a kind. */
export async function losing(deployment: Deployment, proxy: CuttingProxy, quiet: Quiet, oneIn: Losses, most: number, what: string): Promise<Tried> {
  proxy.lose(oneIn, most);
  const trial = await tryFates(deployment, {}, { quiet: quiet.left });
  const lost = Object.values(proxy.lost).reduce((sum, each) => sum + each, 0);
  return { one: { row: 'answers lost', of: `${lost} of ${what}`, fates: {} }, trial: lost > 0 ? trial : { ...trial, problems: [...trial.problems, 'no answer was lost'] } };
}

/** Every kind at once, which ones of each drawn from a seed. */
export function drawnLosses(seed: string): Losses {
  const random = seedRandom(`losses/${seed}`);
  return Object.fromEntries(apis.map((api) => [api, Math.ceil(losses[api] * (0.5 + random()))]));
}
