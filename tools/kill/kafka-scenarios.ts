// What else happens to a run on a Kafka: the broker dies, a worker freezes and comes back, two runs share the broker, answers are lost.
import { setTimeout } from 'node:timers/promises';
import { seedRandom } from '../dosage/random.ts';
import { freePort } from '../kafka/free-port.ts';
import { startKafka, type RunningKafka } from '../kafka/start-kafka.ts';
import { randomCase, type Quiet } from './cases.ts';
import { kafkaApis, startCuttingProxy, type KafkaApi } from './cutting-proxy.ts';
import { kafkaDeployment, sessionMs } from './kafka-deployment.ts';
import { againMax } from './small-run.ts';
import type { Tried } from './summary.ts';
import { tryFates, tryUntilReached, type Trial } from './trial.ts';

export interface Scenario {
  readonly row: string;
  readonly of: string;
  /** One trial a run it is made of. */
  try(): Promise<readonly Trial[]>;
}

const frozenMs = sessionMs + 4000; // the group has given the worker up, and another one has its partitions

/** Where a worker is frozen: in the middle of a transaction, between a file and its record, with calls in flight. */
const freezingPoints = [
  ['expand', 'transaction.sent of expand', 5], ['expand', 'commit.made of expand', 9], ['rollout', 'transaction.ending of rollout', 7], ['rollout', 'reply.received', 20], ['label', 'transaction.sent of label', 2],
  ['shard', 'part.synced of prm', 2], ['shard', 'part.kept of prm', 2], ['shard', 'transaction.sent of shard', 2],
] as const;

/** Every answer the adapter waits for, and one of how many is lost. */
const losses: { readonly [Api in KafkaApi]: number } = { produce: 9, fetch: 40, joinGroup: 2, heartbeat: 3, initProducerId: 3, addPartitionsToTransaction: 11, addOffsetsToTransaction: 11, endTransaction: 7, commitOffsets: 11 };

/** The scenarios, one after the other on the broker given; lost answers have one of their own. */
export function kafkaScenarios(kafka: RunningKafka, quiet: Quiet, seed: string): readonly Scenario[] {
  const deployment = kafkaDeployment(kafka.bootstrap);
  const [importMs, stagesMs] = [quiet.lastedMs['import']!, quiet.lastedMs['expand']!];
  const brokerDies = (share: number, awayMs: number): Scenario => ({
    row: 'broker killed', of: `away for ${awayMs / 1000} s`,
    try: async () => {
      const died = async (): Promise<void> => { await setTimeout(importMs + share * stagesMs); await kafka.kill(); await setTimeout(awayMs); await kafka.restart(); };
      return [await tryFates(deployment, {}, { quiet: quiet.left, meanwhile: died, againMax: 2 * againMax })];
    },
  });
  const random = seedRandom(`scenarios/${seed}`);
  return [
    brokerDies(0.3 + 0.2 * random(), 1000), brokerDies(0.5 + 0.3 * random(), 8000),
    ...freezingPoints.flatMap(([command, point, crossing]) => [1, 2].map((workers): Scenario => ({
      row: 'worker frozen', of: `${command} at ${point.split(' of ')[0]}${workers === 2 ? ', another one takes over' : ''}`,
      try: async () => [await tryUntilReached(kafkaDeployment(kafka.bootstrap, workers), { [command]: [{ kind: 'frozen', point, crossing: workers === 2 ? Math.ceil(crossing / 2) : crossing, forMs: frozenMs }] }, { quiet: quiet.left })],
    }))),
    { row: 'two runs at once', of: 'both with kills', try: () => Promise.all([1, 2].map((run) => tryFates(deployment, randomCase(quiet, `two runs/${seed}/${run}`).fates, { quiet: quiet.left }))) },
    { row: 'two workers a stage', of: 'with kills', try: async () => [await tryFates(kafkaDeployment(kafka.bootstrap, 2), randomCase(quiet, `two workers/${seed}`).fates, { quiet: quiet.left })] },
  ];
}

/** Loses answers of each kind in turn, on a broker that clients reach through a proxy alone. */
export async function tryLostAnswers(quiet: Quiet, done: (tried: Tried) => void): Promise<void> {
  const port = await freePort();
  const proxy = await startCuttingProxy(port);
  const kafka = await startKafka({ port, settings: { 'advertised.listeners': `CLIENT://127.0.0.1:${proxy.port}` } });
  try {
    for (const api of Object.keys(kafkaApis) as readonly KafkaApi[]) {
      proxy.lose({ [api]: losses[api] }, 8);
      const trial = await tryFates(kafkaDeployment(`127.0.0.1:${proxy.port}`), {}, { quiet: quiet.left });
      const lost = proxy.lost[api] ?? 0;
      done({ one: { row: 'answers lost', of: `${lost} of ${api}`, fates: {} }, trial: lost > 0 ? trial : { ...trial, problems: [...trial.problems, 'no answer was lost'] } });
    }
  } finally {
    await kafka.stop();
    await proxy.close();
  }
}
