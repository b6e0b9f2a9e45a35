// A program that has a process group of its own outlives a Slowthink that is killed. Two trainers in one folder would spoil each other's checkpoints, and two servers want one port: the next start ends the first.
import { readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { processStart } from './process-start.ts';

/** Writes down which process works, in a file of its own. Errors of the file system as they are. */
export const noteProcess = async (file: string, pid: number): Promise<void> => writeFile(file, `${JSON.stringify({ pid, start: await processStart(pid) ?? null })}\n`);

/** It has ended. */
export const forgetProcess = (file: string): Promise<void> => rm(file, { force: true });

/** Sends a signal to a process and its group; nothing where they are gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try { process.kill(-pid, signal); } catch { try { process.kill(pid, signal); } catch { /* gone */ } }
}

/** Ends the process that was noted in a file and still runs: SIGTERM, after `graceMs` SIGKILL. Whether there was one. A process that has only got the same pid later is left alone. */
export async function endLeftProcess(file: string, graceMs: number): Promise<boolean> {
  let noted: { readonly pid?: unknown; readonly start?: unknown };
  try { noted = JSON.parse(await readFile(file, 'utf8')) as typeof noted; } catch { return false; }
  const { pid, start } = noted;
  const runs = async (): Promise<boolean> => typeof pid === 'number' && Number.isInteger(pid) && pid > 1 && typeof start === 'string' && await processStart(pid) === start;
  const found = await runs();
  if (found) {
    signalGroup(pid as number, 'SIGTERM');
    for (const until = performance.now() + graceMs; performance.now() < until && await runs();) await sleep(50);
    signalGroup(pid as number, 'SIGKILL'); // also what it started and left
    while (await runs()) await sleep(50);
  }
  await forgetProcess(file);
  return found;
}
