import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { isTrainingJob, type TrainingJob } from '@slowthink/records';
import { onDisk } from './on-disk.ts';
import { whatIsWrong } from './what-is-wrong.ts';

/** Whether a configuration is named by the path of its file and not by its name. */
export const isConfigFile = (config: string): boolean => /[/\\]|\.json$/.test(config);

/** The job with absolute paths, which any trainer finds wherever it runs on the same file system. SETTING_INVALID: it is no job. */
export function wholeJob(job: TrainingJob): TrainingJob {
  if (!isTrainingJob(job)) throw new FaultError('SETTING_INVALID', `This is no training job: ${whatIsWrong(job, isTrainingJob.errors)}.`, { hint: 'schemas/training-job.v1.json says what a job holds.' });
  const { model, adapter } = job.base;
  return { ...job, config: isConfigFile(job.config) ? resolve(job.config) : job.config, base: { model: resolve(model), adapter: adapter === null ? null : resolve(adapter) }, datasets: job.datasets.map((folder) => resolve(folder)), out: resolve(job.out) };
}

/** Writes OUT/job.json, whole or not at all, and gives its path: the trainer's argument. SETTING_INVALID, DISK_FULL, DISK_READ_ONLY. */
export async function writeJob(job: TrainingJob): Promise<string> {
  const whole = wholeJob(job), path = join(whole.out, 'job.json');
  await onDisk(path, async () => {
    await mkdir(whole.out, { recursive: true });
    await writeFile(`${path}.${process.pid}`, `${JSON.stringify(whole, null, 2)}\n`);
    await rename(`${path}.${process.pid}`, path);
  });
  return path;
}
