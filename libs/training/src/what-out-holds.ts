// What lies in OUT before a training.
import { readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { checkManifest, differenceFromJob, type JobHashes } from './check-manifest.ts';
import { onDisk } from './on-disk.ts';
import { readManifest } from './read-manifest.ts';

/** The manifest of this job, which is true; the fault where it is of another one (TRAINING_FOREIGN) or not true (TRAINER_LIED); undefined where there is none. */
export async function foundIn(job: TrainingJob, hashes: JobHashes, signal: AbortSignal): Promise<TrainingManifest | FaultError | undefined> {
  try {
    const manifest = await readManifest(job.out);
    if (manifest === undefined) return undefined;
    const other = differenceFromJob(job, hashes, manifest);
    if (other !== undefined) return new FaultError('TRAINING_FOREIGN', `${job.out} holds the results of another training: ${other}.`);
    await checkManifest(job, manifest, signal);
    return manifest;
  } catch (error) {
    if (error instanceof FaultError && error.code === 'TRAINER_LIED') return error;
    throw error;
  }
}

/** Whether an unfinished attempt in OUT had other settings. Where data and base are other ones, the trainer says so. */
export async function isOfAnotherJob(job: TrainingJob): Promise<boolean> {
  const last: unknown = await readFile(join(job.out, 'job.json'), 'utf8').then(JSON.parse).catch(() => undefined);
  const deciding = ({ task, config, settings, seed, threads }: Partial<TrainingJob>): string => JSON.stringify([task, config, Object.entries(settings ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)), seed, threads]);
  return typeof last === 'object' && last !== null && deciding(last) !== deciding(job);
}

/** Renames a folder to the first free one of NAME.1, NAME.2, …, and gives that. */
export async function setAside(folder: string): Promise<string> {
  for (let number = 1; ; number++) {
    const to = `${folder}.${number}`;
    if (await stat(to).then(() => true, () => false)) continue;
    await onDisk(folder, () => rename(folder, to));
    return to;
  }
}
