import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FaultError } from '@slowthink/faults';
import { endLeftProcess } from '@slowthink/programs';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { checkManifest, differenceFromJob, hashJob } from './check-manifest.ts';
import { faultOfEnd } from './fault-of-end.ts';
import { wholeJob, writeJob } from './job-file.ts';
import { onDisk } from './on-disk.ts';
import { readManifest } from './read-manifest.ts';
import { watchProgress } from './read-progress.ts';
import { noteOf, runTrainer } from './trainer-process.ts';
import type { TrainingWatch } from './trainer.ts';
import { foundIn, isOfAnotherJob, setAside } from './what-out-holds.ts';

/** How one job is given to a program. */
export interface TrainerCommand {
  readonly name: string;
  /** Program and arguments for a job whose file lies at `path`, and what its environment gets besides. */
  command(job: TrainingJob, path: string, signal: AbortSignal): Promise<{ readonly argv: readonly string[]; readonly env: { readonly [name: string]: string } }>;
  readonly graceMs: number;
  /** How long a manifest may be on its way after the program has ended: a shared file system shows it late. */
  readonly lateMs: number;
  readonly say: (line: string) => void;
}

/**
 * Trains one job, or finds it trained, and gives its manifest only where it is true. A trainer that an earlier, killed Slowthink left in OUT is ended first. What an earlier attempt said of its failure is removed before this one
 * begins. Rejects with the reason of the signal when that ended it. TRAINING_FOREIGN: OUT holds another training. Else as Trainer says.
 */
export async function trainJob(given: TrainingJob, { signal, onProgress, makeRoom = false }: TrainingWatch, { name, command, graceMs, lateMs, say }: TrainerCommand): Promise<TrainingManifest> {
  signal.throwIfAborted();
  const job = wholeJob(given), { out } = job;
  const hashes = await hashJob(job, signal);
  if (await endLeftProcess(noteOf(out), graceMs)) say(`A trainer of an earlier attempt still worked in ${out}; it was ended, and its checkpoint is used.`);
  signal.throwIfAborted();

  const found = await foundIn(job, hashes, signal);
  if (found instanceof FaultError) {
    if (!makeRoom) throw found;
    say(`${found.message.replace(/\.$/, '')}. ${await setAside(out)} has it now, and the training begins anew.`);
  } else if (found !== undefined) return found;
  else if (makeRoom && await isOfAnotherJob(job)) say(`${out} was begun with other settings: ${await setAside(out)} has it now, and the training begins anew.`);

  const path = await writeJob(job);
  for (const stale of ['error.json', 'progress.json']) await onDisk(join(out, stale), () => rm(join(out, stale), { force: true }));
  const { argv, env } = await command(job, path, signal);
  const progress = watchProgress(out, onProgress ?? (() => {}));
  const end = await runTrainer({ argv, env, out, signal, graceMs }).finally(() => progress.stop());
  signal.throwIfAborted();
  if (end.code !== 0) throw await faultOfEnd(name, out, end);

  const manifest = await manifestWithin(out, lateMs, signal);
  if (manifest === undefined) throw new FaultError('TRAINER_LIED', `The trainer "${name}" ended with exit code 0, but there is no ${join(out, 'manifest.json')}.`, { hint: 'A command has to wait until the training is over: "sbatch --wait" and not "sbatch"; docs/training.md lists others. trainer.log in the folder of the training holds what it said.' });
  const lie = differenceFromJob(job, hashes, manifest);
  if (lie !== undefined) throw new FaultError('TRAINER_LIED', `${join(out, 'manifest.json')}: ${lie}.`);
  await checkManifest(job, manifest, signal);
  return manifest;
}

async function manifestWithin(out: string, lateMs: number, signal: AbortSignal): Promise<TrainingManifest | undefined> {
  for (const until = performance.now() + lateMs; ;) {
    const manifest = await readManifest(out);
    if (manifest !== undefined || performance.now() >= until) return manifest;
    await sleep(Math.min(200, lateMs), undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
