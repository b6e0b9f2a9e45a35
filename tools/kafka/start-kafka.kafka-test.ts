import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel, Partitioners } from 'kafkajs';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { askCluster } from './ask-cluster.ts';
import { brokerProperties, kafkaUsers } from './broker-properties.ts';
import { freePort } from './free-port.ts';
import { formatData, startBroker } from './launch.ts';
import { setUp, SetUpError } from './set-up.ts';
import { startKafka, type RunningKafka, type StartKafkaOptions } from './start-kafka.ts';

let folder: string;
const started: RunningKafka[] = [], children: ChildProcess[] = [];
beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'slowthink-kafka-test-')); });
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(started.splice(0).map((kafka) => kafka.stop()));
  rmSync(folder, { recursive: true, force: true });
});

const start = async (options?: StartKafkaOptions): Promise<RunningKafka> => { const kafka = await startKafka(options); started.push(kafka); return kafka; };
const client = (bootstrap: string, password?: string, username = 'slowthink'): Kafka => new Kafka({ brokers: [bootstrap], logLevel: logLevel.NOTHING, retry: { retries: 5 }, ...(password === undefined ? {} : { sasl: { mechanism: 'plain', username, password } }) });

async function write(kafka: Kafka, topic: string, values: readonly string[]): Promise<void> {
  const admin = kafka.admin(), producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
  await Promise.all([admin.connect(), producer.connect()]);
  try {
    if (!(await admin.listTopics()).includes(topic)) await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true });
    await producer.send({ topic, acks: -1, messages: values.map((value) => ({ key: 'k', partition: 0, value })) });
  } finally { await Promise.all([admin.disconnect(), producer.disconnect()]); }
}

async function read(kafka: Kafka, topic: string, count: number): Promise<readonly string[]> {
  const consumer = kafka.consumer({ groupId: `${topic}-${Math.random()}` }), values: string[] = [];
  await consumer.connect();
  try {
    await consumer.subscribe({ topic, fromBeginning: true });
    const { promise, resolve } = Promise.withResolvers<void>();
    await consumer.run({ eachMessage: async ({ message }) => { if (values.push(String(message.value)) >= count) resolve(); } });
    await promise;
    return values;
  } finally { await consumer.disconnect(); }
}

const topicsOf = async (kafka: Kafka): Promise<readonly string[]> => {
  const admin = kafka.admin();
  await admin.connect();
  try { return (await admin.listTopics()).filter((topic) => !topic.startsWith('__')).sort(); } finally { await admin.disconnect(); }
};

test('the broker of all suites answers', async () => {
  await write(client(inject('kafka')), 'start-kafka.shared', ['one']);
  expect(await read(client(inject('kafka')), 'start-kafka.shared', 1)).toEqual(['one']);
});

test('keeps after kill -9 what it acknowledged, and comes back on its port', async () => {
  const kafka = await start(), { port } = kafka, values = Array.from({ length: 200 }, (_, index) => `value ${index}`);
  await write(client(kafka.bootstrap), 'kept', values);
  const { ended } = kafka;
  await kafka.kill();
  expect(await ended).toContain('Kafka Server started');
  expect(await askCluster(port)).toBe(false);
  await kafka.restart();
  expect(kafka.port).toBe(port);
  expect(readFileSync(join(kafka.dir, 'fencing.log'), 'utf8')).toMatch(/Fencing broker 1 at epoch \d+ because its session has timed out/);
  expect(await read(client(kafka.bootstrap), 'kept', values.length)).toEqual(values);
  await kafka.stop();
  expect(existsSync(kafka.dir)).toBe(false);
});

test('two brokers stand side by side and know nothing of each other', async () => {
  const [one, two] = await Promise.all([start(), start()]);
  await Promise.all([write(client(one.bootstrap), 'of-one', ['1']), write(client(two.bootstrap), 'of-two', ['2'])]);
  expect(await topicsOf(client(one.bootstrap))).toEqual(['of-one']);
  expect(await topicsOf(client(two.bootstrap))).toEqual(['of-two']);
});

test('a port in use is said before anything starts', async () => {
  const port = Number(inject('kafka').split(':')[1]);
  const fault = await startKafka({ port, dir: join(folder, 'data') }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(SetUpError);
  expect((fault as SetUpError).message).toBe(`Port ${port} is in use. Take another: npm run kafka -- --port ${port + 1}`);
  expect(existsSync(join(folder, 'data'))).toBe(false);
});

test('a setting that the broker refuses is told with what it said', async () => {
  const fault = await startKafka({ settings: { 'log.retention.ms': 'for ever' } }).catch((error: unknown) => error);
  expect(fault).toBeInstanceOf(SetUpError);
  expect((fault as SetUpError).message).toMatch(/log\.retention\.ms/);
});

test('a folder that is given is kept, and the next broker goes on with its data', async () => {
  const dir = join(folder, 'data of mine'), first = await start({ dir });
  await write(client(first.bootstrap), 'kept', ['one', 'two']);
  await first.stop();
  const second = await start({ dir });
  expect(await read(client(second.bootstrap), 'kept', 2)).toEqual(['one', 'two']);
  expect(existsSync(join(dir, 'fencing.log'))).toBe(false); // who was stopped left in order
});

test.each([['a temporary folder goes with it', false], ['a folder that was given stays', true]] as const)('ends with the process that started it, though that was killed; %s', async (_name, given) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'start-and-wait.fixture.ts'), ...(given ? [join(folder, 'data')] : [])], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const [line] = await Promise.race([once(child.stdout, 'data'), once(child, 'exit').then(() => { throw new Error('it ended'); })]) as [Buffer];
  const { port, dir } = JSON.parse(line.toString()) as { readonly port: number; readonly dir: string };
  expect(await askCluster(port)).toBe(true);
  child.kill('SIGKILL');
  await expect.poll(() => askCluster(port), { timeout: 30_000 }).toBe(false);
  await expect.poll(() => existsSync(dir), { timeout: 30_000 }).toBe(given);
});

test('an archive of classes that does not fit is ignored', async () => {
  const home = await setUp(() => {}), port = await freePort();
  writeFileSync(join(folder, 'garbage.jsa'), 'no archive');
  writeFileSync(join(folder, 'server.properties'), brokerProperties({ port, controllerPort: await freePort(), dir: folder, security: 'plaintext', settings: {} }));
  for (const archive of [join(folder, 'garbage.jsa'), join(folder, 'absent.jsa')]) {
    const launch = { java: [`-XX:SharedArchiveFile=${archive}`] };
    await formatData(home, folder, launch);
    const broker = startBroker(home, folder, launch);
    while (!broker.over && !(await askCluster(port))) await new Promise((done) => setTimeout(done, 50));
    expect(broker.over).toBe(false);
    await broker.stop(10_000);
  }
});

describe('with security "sasl"', () => {
  test('lets a user in with the right password, and lets nobody do anything', async () => {
    const kafka = await start({ security: 'sasl' });
    await write(client(kafka.bootstrap, kafkaUsers.slowthink), 'secret', ['one']);
    expect(await topicsOf(client(kafka.bootstrap, kafkaUsers.slowthink))).toEqual(['secret']);
    await expect(topicsOf(client(kafka.bootstrap, 'wrong'))).rejects.toThrow(/Authentication failed/);
    expect(await topicsOf(client(kafka.bootstrap, kafkaUsers.nobody, 'nobody'))).toEqual([]);
    await expect(write(client(kafka.bootstrap, kafkaUsers.nobody, 'nobody'), 'mine', ['one'])).rejects.toMatchObject({ errors: [{ type: 'TOPIC_AUTHORIZATION_FAILED' }] });
  });
});

describe('npm run kafka', () => {
  const serve = (...args: readonly string[]) => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'serve.ts'), ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    const printed = { out: '', error: '' };
    child.stdout.on('data', (chunk: Buffer) => { printed.out += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { printed.error += chunk.toString(); });
    return { child, printed, code: once(child, 'close').then(([code]) => code as number | null) };
  };

  test('prints its address and what to type next, and ends well by Ctrl-C', async () => {
    const { child, printed, code } = serve('--port', '0');
    while (!printed.error.includes('Ctrl-C')) await Promise.race([once(child.stderr, 'data'), code.then(() => { throw new Error(`it ended: ${printed.error}`); })]);
    const [, port] = /^kafka:\/\/127\.0\.0\.1:(\d+)\n$/.exec(printed.out)!;
    expect(printed.error).toContain(`npx slowthink run --broker kafka://127.0.0.1:${port} --run first`);
    const [, dir] = /^Data and log: (.*)$/m.exec(printed.error)!;
    expect(await askCluster(Number(port))).toBe(true);
    child.kill('SIGINT');
    expect(await code).toBe(0);
    expect(await askCluster(Number(port))).toBe(false);
    expect(existsSync(dir!)).toBe(false);
  });

  test('says that a port is in use, with exit code 3', async () => {
    const port = inject('kafka').split(':')[1]!, { printed, code } = serve('--port', port);
    expect(await code).toBe(3);
    expect(printed).toEqual({ out: '', error: `Port ${port} is in use. Take another: npm run kafka -- --port ${Number(port) + 1}\n` });
  });

  test('refuses what is no port, with exit code 2, and explains itself', async () => {
    const wrong = serve('--port', 'ninety'), help = serve('--help');
    expect(await wrong.code).toBe(2);
    expect(wrong.printed.error).toMatch(/^--port ninety is not a port/);
    expect(await help.code).toBe(0);
    expect(help.printed.out).toMatch(/^npm run kafka \[-- --port N\]/);
  });
});
