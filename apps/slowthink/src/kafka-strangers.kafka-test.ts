// What others do to a broker, its topics and groups, and what a user mixes up: named with an exit code, or gone through; never silently used, never a hang.
import { ConfigResourceTypes, type Admin } from 'kafkajs';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../../tools/kafka/free-port.ts';
import { startKafka } from '../../../tools/kafka/start-kafka.ts';
import { Workplace, done, questionLines, sealedFiles, smallRun, summaryOf, type Ended } from './testing/command-line.ts';
import { KafkaRun, fewNodes, freshName, until } from './testing/kafka-run.ts';
import { after, door, ok, startModelServer, type ModelServer } from './testing/model-server.ts';

const place = new Workplace();
const servers: ModelServer[] = [];
let quick: ModelServer;
let undisturbed: ReturnType<typeof sealedFiles>;
let requests: number;

beforeAll(async () => {
  quick = await server();
  place.write('cases.jsonl', questionLines(4));
  const ended = done(await place.run(smallRun(quick.policy, 'sqlite', '--questions', 'cases.jsonl'), fewNodes));
  undisturbed = sealedFiles(place.path('sqlite/dataset'));
  requests = summaryOf(ended).requests;
});
afterAll(async () => { for (const one of servers) await one.close(); place.close(); });

async function server(): Promise<ModelServer> { const one = await startModelServer(); servers.push(one); return one; }
const runOf = (what: string, bootstrap = inject('kafka')): KafkaRun => new KafkaRun(place, bootstrap, freshName(what));
const whole = ['--partitions', '2', '--questions', 'cases.jsonl'] as const;
const start = (run: KafkaRun, by = quick, dir = run.name) => run.start(by, undefined, dir, whole);
const imported = (run: KafkaRun): Promise<Ended> => run.command(['import', '--dir', run.name, ...whole]);
function refused(ended: Ended, code: number, ...texts: readonly (string | RegExp)[]): void {
  expect(ended.code, ended.stderr).toBe(code);
  for (const text of texts) expect(ended.stderr).toMatch(text);
}

describe('a broker', () => {
  it('where nothing listens ends the command with exit code 3', async () => {
    refused(await start(runOf('away', `127.0.0.1:${await freePort()}`)).ended, 3, 'BROKER_UNREACHABLE The Kafka broker could not be reached: nothing listens there (ECONNREFUSED).');
  });

  it('that dies in the middle is waited for; the run goes on by itself to the same bytes', async () => {
    const broker = await startKafka();
    try {
      const [run, slow] = [runOf('dies', broker.bootstrap), await server()];
      slow.answer = after(100, ok);
      const running = start(run, slow);
      await until('first calls', () => slow.completions.length >= 4);
      await broker.kill();
      await running.says('Paused: BROKER_UNREACHABLE');
      await broker.restart();
      expect(summaryOf(done(await running.ended))).toMatchObject({ trees: 4, faults: {} });
      expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(undisturbed);
    } finally { await broker.stop(); }
  });
});

describe('a topic', () => {
  const made = async (entries: { readonly [name: string]: string }, topic = 'trees', numPartitions = 2): Promise<KafkaRun> => {
    const run = runOf('topic');
    await run.withAdmin((admin) => admin.createTopics({ topics: [{ topic: run.topic(topic), numPartitions, configEntries: Object.entries(entries).map(([name, value]) => ({ name, value })) }] }));
    return run;
  };
  const kept = { 'retention.ms': '-1', 'max.message.bytes': '9437184' };

  it.each<readonly [string, { readonly [name: string]: string }, string, RegExp]>([
    ['loses records by age', { ...kept, 'retention.ms': '604800000' }, 'trees', /TOPIC_WRONG topic-\w+\.trees: retention\.ms is 604800000 and must be -1/],
    ['loses records by size', { ...kept, 'retention.bytes': '1000000' }, 'trees', /TOPIC_WRONG topic-\w+\.trees: retention\.bytes is 1000000 and must be -1/],
    ['keeps the last record of a key alone', { ...kept, 'cleanup.policy': 'compact' }, 'trees', /TOPIC_WRONG topic-\w+\.trees: cleanup\.policy is compact and must be delete/],
    ['refuses large trees', { ...kept, 'max.message.bytes': '1048576' }, 'trees', /TOPIC_WRONG topic-\w+\.trees: max\.message\.bytes is 1048576 and must be 9437184 or more/],
    ['of progress is not compacted', kept, 'progress', /TOPIC_WRONG topic-\w+\.progress: cleanup\.policy is delete and must be compact/],
  ])('that %s is named before anything is written', async (_what, entries, topic, message) => {
    const run = await made(entries, topic, topic === 'progress' ? 1 : 2);
    refused(await imported(run), 3, message, 'slowthink topology --kafka');
    expect(await run.withAdmin((admin) => topicsOf(admin, run))).toEqual([run.topic(topic)]);
  });

  it('of another partition count is named with both counts: wrong use', async () => {
    refused(await imported(await made(kept, 'trees', 3)), 2, 'DIR_SETTINGS_CHANGED', /trees/, /3/, /2/);
  });

  it('that began to refuse records ends the run with its name; when it takes them again, nothing is asked twice but what was in flight', async () => {
    const [run, slow] = [runOf('shrunk'), await server()];
    const gate = door();
    slow.answer = gate.behaviour;
    const running = start(run, slow);
    await until('calls in flight', () => slow.completions.length >= 4);
    const limit = (value: string) => run.withAdmin((admin) => admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: run.topic('expansions'), configEntries: Object.entries({ ...kept, 'segment.bytes': '67108864', 'max.message.bytes': value }).map(([name, text]) => ({ name, value: text })) }] }));
    await limit('500');
    gate.open(ok);
    refused(await running.ended, 3, 'BROKER_REFUSED', run.topic('expansions'), 'max.message.bytes');
    refused(await start(run).ended, 3, 'TOPIC_WRONG');
    await limit('9437184');
    expect(summaryOf(done(await start(run).ended))).toMatchObject({ trees: 4, faults: {} });
    expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(undisturbed);
  });
});

describe('doctor', () => {
  const doctor = (run: KafkaRun): Promise<Ended> => run.command(['doctor', '--policy', quick.policy, '--dir', run.name]);

  it('says that a broker answers, and names the topics that would lose records, without making any', async () => {
    const [fresh, wrong] = [runOf('doctor'), runOf('doctor')];
    const [before, after] = [done(await doctor(fresh)), await fresh.withAdmin((admin) => topicsOf(admin, fresh))];
    expect(before.stdout).toMatch(/^ok {6} Broker: kafka:.*a cluster of 1; transactional ids and groups of doctor-\w+ may be used/m);
    expect(before.stdout).toMatch(/^ok {6} Topics: none of doctor-\w+ yet/m);
    expect(after).toEqual([]);
    await wrong.withAdmin((admin) => admin.createTopics({ topics: [['trees', '604800000', 2], ['questions', '-1', 3]].map(([topic, value, numPartitions]) => ({ topic: wrong.topic(String(topic)), numPartitions: Number(numPartitions), configEntries: [{ name: 'retention.ms', value: String(value) }, { name: 'max.message.bytes', value: '9437184' }] })) }));
    const found = await doctor(wrong);
    expect(found.code).toBe(3);
    expect(found.stdout).toMatch(/^MISSING {2}Topics: .*\.trees: retention\.ms is 604800000 and must be -1.*3 partitions \(questions\) and 2 partitions \(trees\)/m);
    const away = await new KafkaRun(place, `127.0.0.1:${await freePort()}`, 'away').command(['doctor', '--policy', quick.policy]);
    expect(away.code).toBe(3);
    expect(away.stdout).toContain('MISSING  Broker: BROKER_UNREACHABLE');
  });
});

describe('a group', () => {
  it('that another program has joined by its own rules is named', async () => {
    const run = runOf('stolen');
    done(await imported(run));
    const consumer = run.kafka.consumer({ groupId: run.topic('expand') });
    await consumer.connect();
    await consumer.subscribe({ topic: run.topic('questions') });
    await consumer.run({ eachBatch: async () => {}, autoCommit: false });
    try {
      await until('the other program is in the group', () => run.withAdmin(async (admin) => (await admin.describeGroups([run.topic('expand')])).groups[0]?.state === 'Stable'));
      refused(await run.start(quick, 'expand', run.name).ended, 3, 'BROKER_REFUSED', run.topic('expand'), 'INCONSISTENT_GROUP_PROTOCOL');
    } finally { await consumer.disconnect(); }
  });

  it('whose offsets expired or were deleted loses nothing: progress says where the stages stand, and nothing is asked twice', async () => {
    const [run, slow] = [runOf('expired'), await server()];
    slow.answer = after(30, ok);
    const running = start(run, slow);
    await until('some calls', () => slow.completions.length >= 6);
    running.kill('SIGTERM');
    const before = summaryOf(done(await running.ended)).requests;
    expect(before).toBeLessThan(requests);
    const deleted = await run.withAdmin((admin) => admin.deleteGroups(['expand', 'rollout', 'label', 'shard'].map((stage) => run.topic(stage))));
    expect(deleted.map(({ errorCode }) => errorCode ?? 0)).toEqual([0, 0, 0, 0]);
    expect(before + summaryOf(done(await start(run).ended)).requests).toBe(requests);
    expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(undisturbed);
  });
});

describe('a transactional id', () => {
  it('that another program takes again and again slows the commits: the task sees that it is still its own and writes once', async () => {
    const [run, slow] = [runOf('taken'), await server()];
    slow.answer = after(30, ok);
    const running = start(run, slow);
    await until('some calls', () => slow.completions.length >= 2);
    let taken = 0, over = false;
    const thief = (async () => {
      while (!over) {
        const producer = run.kafka.producer({ transactionalId: run.topic('rollout/0'), idempotent: true, maxInFlightRequests: 1 });
        try { await producer.connect(); await (await producer.transaction()).abort(); taken++; } finally { await producer.disconnect(); }
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
    })();
    const ended = await running.ended;
    over = true;
    await thief;
    expect(taken).toBeGreaterThan(0);
    expect(summaryOf(done(ended))).toMatchObject({ requests, trees: 4 });
    expect(sealedFiles(place.path(run.name, 'dataset'))).toEqual(undisturbed);
  });
});

describe('a run that is over', () => {
  const run = runOf('over');
  beforeAll(async () => { done(await start(run).ended); });

  it('belongs to its folder, log, name and settings: exit code 2 where they are mixed up', async () => {
    const args = ['run', '--policy', quick.policy, '--preset', 'laptop'];
    refused(await place.run([...args, ...run.flags, '--dir', 'sqlite'], fewNodes), 2, 'DIR_SETTINGS_CHANGED', 'belongs to a run on sqlite');
    refused(await place.run([...args, '--dir', run.name, '--broker', 'sqlite'], fewNodes), 2, 'DIR_SETTINGS_CHANGED', 'belongs to a run on kafka://');
    refused(await place.run([...args, ...run.flags.slice(0, 2), '--run', 'another', '--dir', run.name], fewNodes), 2, 'DIR_SETTINGS_CHANGED', `belongs to the run ${run.name}, not to another`);
    refused(await place.run([...args, ...run.flags, '--dir', 'new-host', '--seed', '7'], fewNodes), 2, 'DIR_SETTINGS_CHANGED', 'seed was 0, now it is 7');
    refused(await place.run([...args, ...run.flags.slice(0, 2), '--dir', 'nameless'], fewNodes), 2, 'SETTING_INVALID', 'A run on a Kafka has no name.');
    refused(await place.run([...args, '--broker', 'kafka://user:pass-secret@127.0.0.1:1', '--run', 'x'], fewNodes), 2, 'SETTING_INVALID', /^(?!.*pass-secret)/s);
  });

  it('takes no shard worker that writes into another folder', async () => {
    refused(await run.start(quick, 'shard', 'unshared').ended, 3, 'DIR_NOT_SHARED');
  });

  it('is not begun again where its progress is gone and its records are there: PROGRESS_MISSING', async () => {
    await run.withAdmin((admin) => admin.deleteTopics({ topics: [run.topic('progress')] }));
    await until('progress is gone', async () => !(await run.withAdmin((admin) => topicsOf(admin, run))).includes(run.topic('progress')));
    const asked = quick.completions.length;
    refused(await start(run).ended, 1, 'PROGRESS_MISSING');
    refused(await run.start(quick, 'expand', run.name).ended, 1, 'PROGRESS_MISSING');
    expect(quick.completions.length).toBe(asked);
  });
});

const topicsOf = async (admin: Admin, run: KafkaRun): Promise<readonly string[]> => (await admin.listTopics()).filter((name) => name.startsWith(`${run.name}.`));
