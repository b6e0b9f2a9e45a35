// --broker becomes the log: the file of the run folder, or the topics of a Kafka.
import { readFileSync } from 'node:fs';
import type { Broker } from '@slowthink/broker';
import { brokersOf, checkRunName, examineKafka, isKafka, openKafkaBroker, type KafkaAddress, type KafkaFindings } from '@slowthink/broker-kafka';
import { openSqliteBroker } from '@slowthink/broker-sqlite';
import { FaultError } from '@slowthink/faults';
import { topics } from '@slowthink/records';
import { silent, type Observer } from '@slowthink/stream';
import { runPaths } from './run-folder.ts';
import type { RunSettings } from './run-settings.ts';

/** What can be said against --broker before anything is opened: SETTING_INVALID. */
export function checkBroker(settings: RunSettings): void {
  if (settings.broker === 'sqlite') return;
  if (!settings.broker.startsWith('kafka')) throw new FaultError('SETTING_INVALID', `--broker is ${settings.broker}.`, { hint: 'Write sqlite, or kafka://HOST:PORT[,HOST:PORT…].' });
  addressOf(settings);
  runNameOf(settings);
}

/** The run's name on a Kafka, where it begins all names and so must be said. */
export function runNameOf({ run }: RunSettings): string {
  if (run === null) throw new FaultError('SETTING_INVALID', 'A run on a Kafka has no name.', { hint: 'Add --run NAME: the same for every process of the run, another one for every other run on that Kafka.' });
  return checkRunName(run);
}

/** The log as it is; topics are made by who opens it for a flow. SETTING_INVALID, BROKER_UNREACHABLE, BROKER_UNAUTHORIZED and the faults of the embedded log. */
export async function openLog(settings: RunSettings, mode: 'run' | 'read', observer: Observer = silent): Promise<Broker> {
  checkBroker(settings);
  if (!isKafka(settings.broker)) return openSqliteBroker({ dir: runPaths(settings.dir).dir, durability: settings['log.durability'], mode });
  return openKafkaBroker({ address: addressOf(settings), run: runNameOf(settings), sessionTimeoutMs: settings['kafka.sessionTimeout'], giveUpMs: settings['models.giveUpMs'], observer });
}

/** What is found on the Kafka of a run, without touching it; undefined for the embedded log. SETTING_INVALID, BROKER_UNREACHABLE, BROKER_UNAUTHORIZED, BROKER_REFUSED. */
export async function examineLog(settings: RunSettings): Promise<KafkaFindings | undefined> {
  checkBroker(settings);
  if (!isKafka(settings.broker)) return undefined;
  return examineKafka(addressOf(settings), runNameOf(settings), Object.values(topics).map(({ name, retention }) => ({ name, retention, partitions: 1 })));
}

function addressOf(settings: RunSettings): KafkaAddress {
  return {
    brokers: brokersOf(settings.broker), mechanism: settings['kafka.mechanism'], tls: settings['kafka.tls'],
    ...(settings['kafka.user'] === null ? {} : { user: settings['kafka.user'] }),
    ...(settings['kafka.password'] === null ? {} : { password: settings['kafka.password'] }),
    ...(settings['kafka.ca'] === null ? {} : { ca: certificatesOf(settings['kafka.ca']) }),
  };
}

function certificatesOf(path: string): string {
  try { return readFileSync(path, 'utf8'); } catch (cause) { throw new FaultError('SETTING_INVALID', `The certificates ${path} cannot be read: ${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'}.`, { hint: 'Correct kafka.ca.' }); }
}
