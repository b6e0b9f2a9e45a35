import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultError, faultTable, type FaultCode } from '@slowthink/faults';
import { lastWords, type ProgramEnd } from '@slowthink/programs';

/** What the exit codes of docs/training.md mean; 126 and 127 are those of shells and env. */
const meanings: { readonly [code: number]: string } = {
  1: 'the training failed', 2: 'the job is wrong', 3: 'something is missing', 126: 'a program that it names cannot be run', 127: 'a program that it names is not there',
  130: 'it was stopped by a signal', 137: 'killed by SIGKILL', 143: 'it was stopped by a signal',
};
const memoryHint = 'Often the system was out of memory: take a smaller batch, or a machine with more. The same command goes on from the last checkpoint.';
const stoppedHint = 'The same command goes on from the checkpoint.';

/** Codes of tools/training that have another name here. */
const trainerCodes: { readonly [code: string]: FaultCode | undefined } = Object.assign(Object.create(null), { OUT_FOREIGN: 'TRAINING_FOREIGN', PACKAGE_MISSING: 'TRAINER_MISSING' });

interface ToldError { readonly code: string; readonly message: string; readonly hint: string | undefined }

async function toldIn(out: string): Promise<ToldError | undefined> {
  try {
    const { code, message, hint } = JSON.parse(await readFile(join(out, 'error.json'), 'utf8')) as { readonly [field: string]: unknown };
    return typeof message === 'string' && message !== '' ? { code: typeof code === 'string' ? code : '', message, hint: typeof hint === 'string' && hint !== '' ? hint : undefined } : undefined;
  } catch { return undefined; }
}

/**
 * A trainer that ended without success, as a fault. What it wrote into OUT/error.json counts first: its code where this product has it, and its words. Then the exit code, and the last lines it printed.
 * TRAINER_FAILED, TRAINER_MISSING (a package is not installed), DISK_FULL, and codes that it wrote itself: DATASET_EMPTY and others of docs/faults.md.
 */
export async function faultOfEnd(name: string, out: string, { code, signal, said }: ProgramEnd): Promise<FaultError> {
  const log = ` ${join(out, 'trainer.log')} holds all that it said.`;
  const told = await toldIn(out);
  if (told !== undefined) {
    const known = trainerCodes[told.code] ?? (Object.hasOwn(faultTable, told.code) ? told.code as FaultCode : undefined);
    const sentence = `${told.message}${/[.!?]$/.test(told.message) ? '' : '.'}`;
    return new FaultError(known ?? 'TRAINER_FAILED', `The training in ${out} failed: ${known === undefined && told.code !== '' ? `${told.code} ` : ''}${sentence}`, told.hint === undefined ? {} : { hint: told.hint });
  }
  const words = lastWords(said), last = words === '' ? ' It printed nothing.' : ` It printed: ${words}`;
  if (/No space left on device|Disk quota exceeded|ENOSPC/.test(said)) return new FaultError('DISK_FULL', `The trainer "${name}" found no space left in ${out}.${last}`, { hint: 'Free some space and give the same command again: the training goes on from its checkpoint.' });
  const absent = /(?:ModuleNotFoundError|ImportError|PACKAGE_MISSING): (.+)/.exec(said)?.[1];
  if (absent !== undefined) return new FaultError('TRAINER_MISSING', `The trainer "${name}" cannot import what it needs: ${absent.trim().replace(/\.$/, '')}.${log}`);
  if (signal !== null) return new FaultError('TRAINER_FAILED', `The trainer "${name}" was ended by ${signal}.${last}`, { hint: signal === 'SIGKILL' ? memoryHint : stoppedHint });
  const hint = code === 137 ? memoryHint : code === 130 || code === 143 ? stoppedHint : undefined;
  return new FaultError('TRAINER_FAILED', `The trainer "${name}" ended with exit code ${code}${code !== null && meanings[code] !== undefined ? ` (${meanings[code]})` : ''}.${last}${log}`, hint === undefined ? {} : { hint });
}
