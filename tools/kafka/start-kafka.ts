import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import { brokerProperties, kafkaUsers } from './broker-properties.ts';
import { freePort, isFree } from './free-port.ts';
import { startJava, type JavaProcess } from './java-process.ts';
import { setUp, SetUpError, type KafkaHome } from './set-up.ts';

export interface RunningKafka {
  readonly port: number;
  /** "127.0.0.1:PORT" */
  readonly bootstrap: string;
  /** Data, configuration and log (broker.log) of the broker. */
  readonly dir: string;
  /** Resolves with the end of its output when the broker that runs now ends by itself or is killed. After `restart` it is another promise. */
  readonly ended: Promise<string>;
  /** SIGKILL (kill -9), data stay. */
  kill(): Promise<void>;
  /** SIGTERM, SIGKILL after 10 s. A temporary folder is removed. */
  stop(): Promise<void>;
  /** Starts again on the same port and data; resolves when it answers. A broker that runs is stopped before. */
  restart(): Promise<void>;
}

export interface StartKafkaOptions {
  /** 0 or nothing: any free one. */
  readonly port?: number;
  /** Kept. Without it a temporary folder is made, and removed by `stop`. */
  readonly dir?: string;
  /** Of server.properties; they win over those the tool gives. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly say?: (line: string) => void;
  /** Default 120,000: after a kill -9 a broker with hundreds of partitions reads all its logs. */
  readonly readyWithinMs?: number;
  /** sasl: SASL_PLAINTEXT with PLAIN and the users of broker-properties.ts. Default plaintext. */
  readonly security?: 'plaintext' | 'sasl';
}

/** A broker answers when an admin client gets the cluster with a controller. */
async function answers(bootstrap: string, security: 'plaintext' | 'sasl'): Promise<boolean> {
  const sasl = { mechanism: 'plain', username: 'slowthink', password: kafkaUsers.slowthink } as const;
  const admin = new Kafka({ clientId: 'start-kafka', brokers: [bootstrap], logLevel: logLevel.NOTHING, connectionTimeout: 2000, requestTimeout: 5000, retry: { retries: 0 }, ...(security === 'sasl' ? { sasl } : {}) }).admin();
  try {
    await admin.connect();
    const { brokers, controller } = await admin.describeCluster();
    return brokers.length > 0 && controller !== null;
  } catch { return false; } finally { await admin.disconnect().catch(() => {}); }
}

/** Writes the empty data of a new cluster. Throws SetUpError. */
async function format(home: KafkaHome, dir: string, java: readonly string[]): Promise<void> {
  const { code, output } = await startJava(home.java, [...java, 'kafka.tools.StorageTool', 'format', '--cluster-id', randomBytes(16).toString('base64url'), '--config', join(dir, 'server.properties')], join(dir, 'format.log')).ended;
  if (code !== 0) throw new SetUpError(`Kafka could not prepare ${dir}.\n${output}`);
}

/** Starts a real Apache Kafka broker on 127.0.0.1 and waits until it answers. It ends with this process, however that ends. Throws SetUpError. */
export async function startKafka(options: StartKafkaOptions = {}): Promise<RunningKafka> {
  const { say = () => {}, readyWithinMs = 120_000, security = 'plaintext', settings = {} } = options;
  if (options.port && !(await isFree(options.port))) throw new SetUpError(`Port ${options.port} is in use. Take another: npm run kafka -- --port ${options.port + 1}`);
  const home = await setUp(say);
  const temporary = options.dir === undefined;
  const dir = temporary ? mkdtempSync(join(tmpdir(), 'slowthink-kafka-')) : resolve(options.dir);
  const port = options.port || await freePort(), bootstrap = `127.0.0.1:${port}`;
  const java = ['-cp', home.classpath, `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`];
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'server.properties'), brokerProperties({ port, controllerPort: await freePort(), dir, security, settings }));

  let process: JavaProcess;
  const stop = async (): Promise<void> => {
    process.signal('SIGTERM');
    const late = setTimeout(() => process.signal('SIGKILL'), 10_000);
    await process.ended;
    clearTimeout(late);
  };
  const start = async (): Promise<void> => {
    process = startJava(home.java, [...java, 'kafka.Kafka', join(dir, 'server.properties')], join(dir, 'broker.log'), temporary ? dir : '');
    const deadline = Date.now() + readyWithinMs;
    while (!(await answers(bootstrap, security))) {
      if (process.over) throw new SetUpError(`Kafka ended while it started.\n${(await process.ended).output}`);
      if (Date.now() > deadline) { process.signal('SIGKILL'); throw new SetUpError(`Kafka was not ready within ${readyWithinMs / 1000} s.\n${(await process.ended).output}`); }
      await new Promise((done) => setTimeout(done, 100));
    }
  };
  const remove = (): void => { if (temporary) rmSync(dir, { recursive: true, force: true }); };
  try {
    if (!existsSync(join(dir, 'data', 'meta.properties'))) await format(home, dir, java);
    await start();
  } catch (error) { remove(); throw error; }
  return {
    port, bootstrap, dir,
    get ended() { return process.ended.then(({ output }) => output); },
    kill: async () => { process.signal('SIGKILL'); await process.ended; },
    stop: async () => { await stop(); remove(); },
    restart: async () => { await stop(); await start(); },
  };
}
