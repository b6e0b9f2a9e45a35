import { setTimeout as sleep } from 'node:timers/promises';
import { isHeld } from '@slowthink/broker-sqlite';
import { FaultError } from '@slowthink/faults';

const everyMs = 250;

/** Waits until nobody writes in a folder: the command of an evolution that was killed drains for some seconds. DIR_IN_USE when it takes longer than `longestMs`. */
export async function waitForFolder(dir: string, log: (message: string) => void, signal: AbortSignal, longestMs = 60_000): Promise<void> {
  const until = performance.now() + longestMs;
  let said = false;
  for (let holder = isHeld(dir); holder !== undefined; holder = isHeld(dir)) {
    if (performance.now() > until) throw new FaultError('DIR_IN_USE', `The folder ${dir} is used by process ${holder.pid}, and was for ${Math.round(longestMs / 1000)} s.`);
    if (!said) log(`Waiting for process ${holder.pid}, which an earlier evolution started in ${dir}.`);
    said = true;
    await sleep(everyMs, undefined, { signal });
  }
}
