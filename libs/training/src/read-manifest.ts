import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { isTrainingManifest, type TrainingManifest } from '@slowthink/records';
import { whatIsWrong } from './what-is-wrong.ts';

/** OUT/manifest.json, undefined where there is none. It is of its schema; whether it is true is for `checkManifest` to say. TRAINER_LIED: it is none. */
export async function readManifest(out: string): Promise<TrainingManifest | undefined> {
  const path = join(out, 'manifest.json');
  let text: string;
  try { text = await readFile(path, 'utf8'); } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new FaultError('DISK_FAILED', `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
  }
  let value: unknown;
  try { value = JSON.parse(text); } catch (cause) {
    const number = /:\s*(-?(?:NaN|Infinity))\b/.exec(text)?.[1];
    throw new FaultError('TRAINER_LIED', number === undefined ? `${path} is no JSON.` : `${path} holds ${number}: something it measured is no number.`, { cause });
  }
  if (!isTrainingManifest(value)) throw new FaultError('TRAINER_LIED', `${path} is no manifest: ${whatIsWrong(value, isTrainingManifest.errors)}.`);
  return value;
}
