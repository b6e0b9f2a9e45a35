import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { startJava, type JavaProcess } from './java-process.ts';
import { SetUpError, type KafkaHome } from './set-up.ts';

/** Small enough to stand beside tests; quick to start rather than quick after an hour. */
const fast = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms128m', '-Xmx512m', `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`];

const runsWithinMs = 60_000;
const fencesWithinMs = 3000; // a broker that was killed before it was registered is never fenced
const stopWithinMs = 10_000;

export interface LaunchOptions {
  /** More flags of Java. */
  readonly java?: readonly string[];
  /** Removed should this process end before the broker. */
  readonly orphan?: string;
}

/** Writes the empty data of a new cluster, unless the folder (with its server.properties) has data. Throws SetUpError. */
export async function formatData(home: KafkaHome, dir: string, { java = [] }: LaunchOptions = {}): Promise<void> {
  if (existsSync(join(dir, 'data', 'meta.properties'))) return;
  const { code, output } = await startJava(home.java, [...fast, ...java, '-cp', home.classpath, 'kafka.tools.StorageTool', 'format', `--cluster-id=${randomBytes(16).toString('base64url')}`, '--config', join(dir, 'server.properties')], join(dir, 'format.log')).ended;
  if (code !== 0) throw new SetUpError(`Kafka could not prepare ${dir}.\n${output}`);
}

/** Starts the broker of a folder; its output is added to broker.log there. */
export const startBroker = (home: KafkaHome, dir: string, { java = [], orphan }: LaunchOptions = {}): JavaProcess =>
  startJava(home.java, [...fast, ...java, '-cp', home.classpath, 'kafka.Kafka', join(dir, 'server.properties')], join(dir, 'broker.log'), orphan);

/**
 * Before a start over the data of a broker that was killed: its registration is ended by a controller alone. Kafka 4.3.1 starts otherwise as the leader of everything it led, is told a moment later that it leads nothing yet, and in between takes
 * the partitions of a transaction that was being committed for deleted: the transaction is complete for its coordinator and stays open in the partitions, for ever (docs/kafka.md). Takes 2 s, and saves the 4 s that the registration takes to lapse.
 */
export async function fenceKilled(home: KafkaHome, dir: string, { java = [], orphan }: LaunchOptions = {}): Promise<void> {
  const metadata = join(dir, 'data', '__cluster_metadata-0'), log = join(dir, 'fencing.log');
  if (!existsSync(metadata) || existsSync(join(dir, 'data', '.kafka_cleanshutdown'))) return;
  writeFileSync(log, '');
  const controller = startJava(home.java, [...fast, '-Dslowthink.fencing=info', ...java, '-cp', home.classpath, 'kafka.Kafka', join(dir, 'controller.properties')], log, orphan);
  const become = async (condition: () => boolean, withinMs: number): Promise<boolean> => {
    for (const deadline = Date.now() + withinMs; !condition(); await setTimeout(20)) if (controller.over || Date.now() > deadline) return false;
    return true;
  };
  const written = (): number => readdirSync(metadata).filter((name) => name.endsWith('.log')).reduce((sum, name) => sum + statSync(join(metadata, name)).size, 0);
  if (await become(() => readFileSync(log, 'utf8').includes('Kafka Server started'), runsWithinMs) && await become(() => readFileSync(log, 'utf8').includes('Fencing broker'), fencesWithinMs)) {
    for (let writes = 0; writes < 3; writes++) { const before = written(); await become(() => written() > before, runsWithinMs); } // it says so before it is written; what is written later stands behind it
  }
  await controller.stop(stopWithinMs);
}
