// A program that has a process group of its own outlives a Slowthink that is killed. Two trainers in one folder would spoil each other's checkpoints, and two servers want one port: the next start ends the first.
import { readFileSync } from 'node:fs';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { endGroup, signalGroup } from './end-group.ts';
import { groupLives, isOfThisBoot, processStart, processStartNow } from './process-start.ts';

/** Writes down which process works, in a file of its own, whole or not at all. Errors of the file system as they are. */
export async function noteProcess(file: string, pid: number): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify({ pid, start: await processStart(pid) ?? null })}\n`);
  await rename(`${file}.new`, file);
}

/** It has ended. */
export const forgetProcess = (file: string): Promise<void> => rm(file, { force: true });

/** Ends the process that was noted in a file and what it started, where any of that still runs. Whether it did. A process that has only got the same pid later is left alone. */
export async function endLeftProcess(file: string, graceMs: number): Promise<boolean> {
  let noted: { readonly pid?: unknown; readonly start?: unknown };
  try { noted = JSON.parse(await readFile(file, 'utf8')) as typeof noted; } catch { return false; }
  const { pid, start } = noted;
  const known = typeof pid === 'number' && Number.isInteger(pid) && pid > 1 && typeof start === 'string';
  const found = known && await isLeft(pid, start);
  if (found) await endGroup(pid, graceMs);
  await forgetProcess(file);
  return found;
}

/** Kills the process that was noted in a file and what it started, at once: for a Slowthink that exits. A process that has only got the same pid later is left alone, and so is what the noted one left when it was over. */
export function killLeftProcess(file: string): void {
  let noted: { readonly pid?: unknown; readonly start?: unknown };
  try { noted = JSON.parse(readFileSync(file, 'utf8')) as typeof noted; } catch { return; }
  const { pid, start } = noted;
  if (typeof pid === 'number' && Number.isInteger(pid) && pid > 1 && typeof start === 'string' && processStartNow(pid) === start) signalGroup(pid, 'SIGKILL');
}

/** The process itself, or, where that is over, its group: while one of a group lives, its number is given to no other process. */
async function isLeft(pid: number, start: string): Promise<boolean> {
  const now = await processStart(pid);
  return now === start || (now === undefined && await isOfThisBoot(start) && await groupLives(pid));
}
