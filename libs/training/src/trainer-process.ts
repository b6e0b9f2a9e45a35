import { join } from 'node:path';
import { FaultError } from '@slowthink/faults';
import { startProgram, type ProgramEnd } from '@slowthink/programs';
import { onDisk } from './on-disk.ts';

export interface TrainerProcess {
  readonly argv: readonly string[];
  readonly env: { readonly [name: string]: string };
  readonly out: string; // gets trainer.log and, while it runs, process.json
  /** Sends SIGTERM to its group: it writes a checkpoint and ends. */
  readonly signal: AbortSignal;
  /** How long that may take before SIGKILL. */
  readonly graceMs: number;
}

/** Says in a folder which trainer works there. */
export const noteOf = (out: string): string => join(out, 'process.json');

/** Runs a trainer to its end; all it prints is appended to OUT/trainer.log. TRAINER_MISSING: it cannot be started. DISK_FULL, DISK_READ_ONLY. */
export async function runTrainer({ argv, env, out, signal, graceMs }: TrainerProcess): Promise<ProgramEnd> {
  const log = join(out, 'trainer.log');
  const running = await onDisk(log, () => startProgram({ argv, env, log, note: noteOf(out) }).catch((error: NodeJS.ErrnoException) => {
    if (error.syscall?.startsWith('spawn') !== true) throw error;
    throw new FaultError('TRAINER_MISSING', `${argv[0]} cannot be started: ${error.code === 'ENOENT' ? 'there is no such program' : error.message}.`, { cause: error });
  }));
  let stopped: Promise<void> | undefined;
  const stop = (): void => { stopped ??= running.stop(graceMs); };
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  try {
    const end = await running.ended;
    await stopped; // a script may be over before the training that it started has written its checkpoint
    return end;
  } finally { signal.removeEventListener('abort', stop); }
}
