import { setTimeout as sleep } from 'node:timers/promises';
import { groupLives } from './process-start.ts';

const goneMs = 10_000; // after SIGKILL only what hangs in the kernel is still there

/** Sends a signal to a process and its group; nothing where they are gone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try { process.kill(-pid, signal); } catch { try { process.kill(pid, signal); } catch { /* gone */ } }
}

/** Ends a process group: SIGTERM, and SIGKILL to what is not over after `graceMs`. Resolves when nothing of it runs: what a program started may take longer than the program. */
export async function endGroup(pid: number, graceMs: number): Promise<void> {
  const overWithin = async (ms: number): Promise<boolean> => {
    for (const until = performance.now() + ms; ; await sleep(25)) {
      if (!(await groupLives(pid))) return true;
      if (performance.now() >= until) return false;
    }
  };
  signalGroup(pid, 'SIGTERM');
  if (await overWithin(graceMs)) return;
  signalGroup(pid, 'SIGKILL');
  await overWithin(goneMs);
}
