import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { askCluster } from './ask-cluster.ts';
import { brokerProperties, controllerProperties, kafkaUsers } from './broker-properties.ts';
import { classArchive } from './class-archive.ts';
import { freePort, isFree } from './free-port.ts';
import type { JavaProcess } from './java-process.ts';
import { fenceKilled, formatData, startBroker, type LaunchOptions } from './launch.ts';
import { setUp, SetUpError } from './set-up.ts';

const stopWithinMs = 10_000;

export interface RunningKafka {
  readonly port: number;
  /** "127.0.0.1:PORT" */
  readonly bootstrap: string;
  /** Data, configuration and log (broker.log) of the broker. */
  readonly dir: string;
  /** Of the Java process that runs now. */
  readonly pid: number;
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
  /** Flags of Java; they win over those that make a start quick. */
  readonly java?: readonly string[];
}

/** Starts a real Apache Kafka broker on 127.0.0.1 and waits until it answers. It ends with this process, however that ends. Throws SetUpError. */
export async function startKafka(options: StartKafkaOptions = {}): Promise<RunningKafka> {
  const { say = () => {}, readyWithinMs = 120_000, security = 'plaintext', settings = {}, java = [] } = options;
  if (options.port && !(await isFree(options.port))) throw new SetUpError(`Port ${options.port} is in use. Take another: npm run kafka -- --port ${options.port + 1}`);
  const home = await setUp(say), archive = await classArchive(home, say);
  const temporary = options.dir === undefined;
  const dir = temporary ? mkdtempSync(join(tmpdir(), 'slowthink-kafka-')) : resolve(options.dir);
  const port = options.port || await freePort(), user = security === 'sasl' ? { name: 'slowthink', password: kafkaUsers.slowthink } : undefined;
  const launch: LaunchOptions = { java: [...archive === undefined ? [] : [`-XX:SharedArchiveFile=${archive}`], ...java], orphan: temporary ? dir : '' };
  const remove = (): void => { if (temporary) rmSync(dir, { recursive: true, force: true }); };

  let broker: JavaProcess;
  const start = async (): Promise<void> => {
    await fenceKilled(home, dir, launch);
    broker = startBroker(home, dir, launch);
    const deadline = Date.now() + readyWithinMs;
    while (!(await askCluster(port, user))) {
      if (broker.over) throw new SetUpError(`Kafka ended while it started.\n${(await broker.ended).output}`);
      if (Date.now() > deadline) { await broker.kill(); throw new SetUpError(`Kafka was not ready within ${readyWithinMs / 1000} s.\n${(await broker.ended).output}`); }
      await new Promise((done) => setTimeout(done, 50));
    }
  };
  try {
    mkdirSync(dir, { recursive: true });
    const controllerPort = await freePort();
    writeFileSync(join(dir, 'server.properties'), brokerProperties({ port, controllerPort, dir, security, settings }));
    writeFileSync(join(dir, 'controller.properties'), controllerProperties({ controllerPort, dir }));
    await formatData(home, dir, launch);
    await start();
  } catch (error) { remove(); throw error; }
  return {
    port, dir, bootstrap: `127.0.0.1:${port}`,
    get pid() { return broker.pid!; },
    get ended() { return broker.ended.then(({ output }) => output); },
    kill: () => broker.kill(),
    stop: async () => { await broker.stop(stopWithinMs); remove(); },
    restart: async () => { await broker.stop(stopWithinMs); await start(); },
  };
}
