// What a run on a Kafka began with. Its processes stand on several hosts, so that it is kept on the broker, as the progress of a task of its own; DIR/run.json is a copy.
import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import type { Broker } from '@slowthink/broker';
import { isKafka } from '@slowthink/broker-kafka';
import { FaultError, crossPoint } from '@slowthink/faults';
import { emptyLedger, type Observer } from '@slowthink/stream';
import type { Flow } from './flows.ts';
import { openLog } from './open-log.ts';
import { folderVersion, readRunFile, runPaths, type RunFile } from './run-folder.ts';
import type { RunSettings } from './run-settings.ts';

const stage = 'run';
const askEveryMs = 1000;

/** The run's record; undefined before a process that asks a model has begun it. DIR_VERSION. */
export async function readRunRecord(broker: Broker): Promise<RunFile | undefined> {
  const run = (await broker.progress()).find((progress) => progress.stage === stage)?.notes['run'] as RunFile | undefined;
  if (run !== undefined && run.version !== folderVersion) throw new FaultError('DIR_VERSION', `The run on the broker has format version ${String(run.version)}; this program writes version ${folderVersion}.`, { hint: 'Use that version, or another --run.' });
  return run;
}

/** Begins the run, or gives what it began with: of processes that start together one is first. */
export const beginRun = (broker: Broker, now: RunFile): Promise<RunFile> => keepFirst(broker, stage, now);

/** A folder that remembers a run of which the broker knows nothing. What it holds may be the last copy, so nothing begins in it. PROGRESS_MISSING where records of the run are there, DIR_SETTINGS_CHANGED where none is: another cluster, or its topics are gone. */
export async function checkKnown(broker: Broker, { dir, broker: address, run }: RunSettings, { source, topics }: Flow): Promise<void> {
  if (broker.kind !== 'kafka' || readRunFile(dir) === undefined || await readRunRecord(broker) !== undefined) return;
  for (const { name } of topics) {
    if (name === source.name || name === 'faults' || name === 'progress') continue;
    if ((await broker.ranges(name)).some(({ end }) => end > 0)) throw new FaultError('PROGRESS_MISSING', `${address} holds records of the run ${run} in ${name}, but no progress of it.`);
  }
  throw new FaultError('DIR_SETTINGS_CHANGED', `${runPaths(dir).dir} belongs to the run ${run}, of which ${address} knows nothing.`, { hint: 'Correct --broker, or give another --dir to begin anew.' });
}

/** The value that was kept under a name first: this one, or what another process kept before. */
async function keepFirst<Value>(broker: Broker, name: string, value: Value): Promise<Value> {
  for (;;) {
    const kept = (await broker.progress()).find((progress) => progress.stage === name)?.notes[name] as Value | undefined;
    if (kept !== undefined) return kept;
    const task = await broker.claim(name, 0);
    try {
      if (task.progress !== undefined) continue;
      await task.commit({ outputs: [], progress: { type: 'progress', v: 1, stage: name, partition: 0, positions: {}, restore: {}, ledger: emptyLedger, notes: { [name]: value } } });
    } catch (error) {
      if (!(error instanceof FaultError) || error.code !== 'TASK_FENCED') throw error; // another one was faster
    } finally { await task.release(); }
  }
}

/** Whether all shard workers of a run on a Kafka write into one folder: the first one leaves a mark in it that every other one must find. DIR_NOT_SHARED, DISK_READ_ONLY. */
export async function checkSharedFolder(broker: Broker, dir: string): Promise<void> {
  if (broker.exclusive) return;
  const path = join(dir, '.folder');
  const read = (): string | undefined => { try { return readFileSync(path, 'utf8').trim(); } catch { return undefined; } };
  if (read() === undefined) {
    const temporary = `${path}.${randomUUID()}.tmp`;
    try {
      writeFileSync(temporary, `${randomUUID()}\n`);
      linkSync(temporary, path); // whole or not at all, and never in the place of another's
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw new FaultError('DISK_READ_ONLY', `${path} cannot be written: ${(cause as Error).message}.`, { cause });
    } finally { rmSync(temporary, { force: true }); }
  }
  const own = read();
  if (own === undefined) throw new FaultError('DISK_READ_ONLY', `${path} cannot be read.`);
  crossPoint('folder.marked');
  const kept = await keepFirst(broker, 'folder', own);
  if (kept !== own) throw new FaultError('DIR_NOT_SHARED', `The parts of this run stand in another folder than ${dir}.`);
}

/** The record once some process has begun the run: one that asks no model may start before it. Stopped: rejects with the signal's reason. */
export async function awaitRunRecord(broker: Broker, observer: Observer, stop: AbortSignal): Promise<RunFile> {
  for (let said = false; ; said = true) {
    const began = await readRunRecord(broker);
    if (began !== undefined) return began;
    if (!said) observer({ kind: 'note', level: 'info', message: 'The run has not begun: waiting for a first process that asks the policy.' });
    await setTimeout(askEveryMs, undefined, { signal: stop }).catch(() => {});
    stop.throwIfAborted();
  }
}

/** What the run on a Kafka began with, for a host whose folder holds nothing yet. Undefined for the embedded log and for a run that has not begun. */
export async function remoteRun(settings: RunSettings): Promise<RunFile | undefined> {
  if (!isKafka(settings.broker) || settings.run === null || readRunFile(settings.dir) !== undefined) return undefined;
  const broker = await openLog(settings, 'read');
  try { return await readRunRecord(broker); } finally { await broker.close(); }
}

/** What the run began with, from the folder or the broker. DIR_MISSING. */
export async function runOf(broker: Broker, { dir, run, broker: address }: RunSettings): Promise<RunFile> {
  const began = readRunFile(dir) ?? (broker.kind === 'kafka' ? await readRunRecord(broker) : undefined);
  if (began === undefined) throw new FaultError('DIR_MISSING', broker.kind === 'kafka' ? `The run ${run} on ${address} has not begun.` : `${runPaths(dir).dir} holds no run.`);
  return began;
}

/** A folder belongs to one log and, on a Kafka, to one run. DIR_SETTINGS_CHANGED. */
export function checkSameLog({ dir, broker, run }: RunSettings, { name, settings: began }: RunFile): void {
  const had = String(began['broker'] ?? 'sqlite');
  const where = runPaths(dir).dir;
  if (isKafka(had) !== isKafka(broker)) throw new FaultError('DIR_SETTINGS_CHANGED', `${where} belongs to a run on ${had}, not on ${broker}.`);
  if (isKafka(broker) && run !== null && name !== run) throw new FaultError('DIR_SETTINGS_CHANGED', `${where} belongs to the run ${name}, not to ${run}.`);
}
