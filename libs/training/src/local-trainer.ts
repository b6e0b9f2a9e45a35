import { existsSync, statfsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { findPython, placeOfPython, privatePython, SetUpError } from '@slowthink/programs';
import { checkJobSettings } from './check-settings.ts';
import { lookAtPython, packagesIn, trainingPython } from './look-at-python.ts';
import { onDisk } from './on-disk.ts';
import { trainJob } from './train-job.ts';
import type { Trainer } from './trainer.ts';
import type { TrainerOptions } from './trainer-form.ts';

const programFolder = resolve(import.meta.dirname, '../../../tools/training');
/** Outside the repository: every checkout uses the same 6 GB. */
const cache = (): string => join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'slowthink', 'training');
const bytesNeeded = 8e9; // 6 GB of packages, and what pip unpacks on the way
const who = 'Training';
/** Threads are the job's; nothing is fetched; the log is written as it is said; no window is opened. */
const environment = { HF_HUB_OFFLINE: '1', HF_HUB_DISABLE_TELEMETRY: '1', PYTHONUNBUFFERED: '1', MPLBACKEND: 'Agg' };

/** tools/training on this machine: with the Python that is named, or with a private one that is made once from its requirements, when the first job comes. */
export function localTrainer(named: string | undefined, options: TrainerOptions = {}): Trainer {
  const { graceMs = 60_000, say = () => {}, program = programFolder, cacheFolder = cache(), pythons } = options;
  const name = options.name ?? 'local';
  const main = join(program, 'main.py'), requirementsFile = join(program, 'requirements.txt');
  const needs = { who, what: 'the Python that trains (6 GB, once)', folder: cacheFolder, requirementsFile, pythonMin: trainingPython, ...(pythons === undefined ? {} : { pythons }) };
  const checkProgram = (): void => {
    const absent = [main, ...(named === undefined ? [requirementsFile] : [])].find((file) => !existsSync(file));
    if (absent !== undefined) throw new FaultError('TRAINER_MISSING', `There is no ${absent}.`, { hint: 'Check out tools/training again.' });
  };
  const python = async (signal: AbortSignal): Promise<string> => {
    checkProgram();
    if (named !== undefined) return named;
    if (!existsSync(placeOfPython(needs))) await checkRoom(cacheFolder);
    return ofSetUp(() => privatePython(needs, say, signal));
  };
  return {
    name,
    check: async (signal) => {
      checkProgram();
      const packages = packagesIn(join(program, existsSync(join(program, 'requirements.in')) ? 'requirements.in' : 'requirements.txt'));
      if (named !== undefined) return lookAtPython(named, packages, signal);
      const place = placeOfPython(needs);
      if (existsSync(place)) return lookAtPython(place, packages, signal);
      const base = await ofSetUp(() => findPython(who, pythons, trainingPython));
      return `a private Python, made of ${base} by the first training (6 GB, once)`;
    },
    checkSettings: (task, settings) => checkJobSettings(join(program, 'configs'), task, settings),
    train: (job, watch) => trainJob(job, watch, { name, graceMs, lateMs: 0, say, command: async ({ threads }, path, signal) => ({ argv: [await python(signal), main, path], env: { ...environment, OMP_NUM_THREADS: `${threads}` } }) }),
  };
}

async function ofSetUp<T>(work: () => Promise<T>): Promise<T> {
  try { return await work(); } catch (error) {
    if (!(error instanceof SetUpError)) throw error;
    throw new FaultError(/No space left on device|Disk quota exceeded/.test(error.message) ? 'DISK_FULL' : 'TRAINER_MISSING', error.message, { cause: error });
  }
}

async function checkRoom(folder: string): Promise<void> {
  await onDisk(folder, () => mkdir(folder, { recursive: true }));
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize < bytesNeeded) throw new FaultError('DISK_FULL', `The Python that trains takes 6 GB, and ${folder} has ${(bavail * bsize / 1e9).toFixed(1)} GB free; 8 GB are needed while it is made.`, { hint: 'Free some space, set XDG_CACHE_HOME to a larger disk, or name a Python that has the packages: local:PATH_OF_PYTHON.' });
}
