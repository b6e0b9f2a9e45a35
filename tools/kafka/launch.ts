import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { startJava, type JavaProcess } from './java-process.ts';
import { SetUpError, type KafkaHome } from './set-up.ts';

/** Small enough to stand beside tests; quick to start rather than quick after an hour. */
const fast = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms128m', '-Xmx512m', `-Dlog4j2.configurationFile=${join(import.meta.dirname, 'log4j2.properties')}`];

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
