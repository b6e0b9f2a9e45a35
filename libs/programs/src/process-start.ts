import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

const bootFile = '/proc/sys/kernel/random/boot_id';
const bootOf = async (): Promise<string> => (await readFile(bootFile, 'utf8')).trim();
/** Fields of /proc/PID/stat from the third on (proc(5)): state, parent, group, …; its name, the second, may hold anything. */
const fieldsOf = (line: string): readonly string[] => line.slice(line.lastIndexOf(')') + 2).split(' ');
const statOf = async (pid: number | string): Promise<readonly string[]> => fieldsOf(await readFile(`/proc/${pid}/stat`, 'utf8'));
const isOver = (state: string | undefined): boolean => state === 'Z' || state === 'X';

/** When a process was started, as a text that no other process has, not even one that gets its pid later; undefined where there is none, or only its remains. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return (await runProgram('ps', ['-o', 'lstart=', '-p', `${pid}`])).output.trim() || undefined;
  try {
    const [boot, fields] = await Promise.all([bootOf(), statOf(pid)]);
    return isOver(fields[0]) ? undefined : `${boot} ${fields[19]}`; // in ticks since boot: field 22
  } catch { return undefined; }
}

/** The same at once, for what a process does while it exits. */
export function processStartNow(pid: number): string | undefined {
  if (process.platform !== 'linux') return spawnSync('ps', ['-o', 'lstart=', '-p', `${pid}`], { encoding: 'utf8' }).stdout?.trim() || undefined;
  try {
    const fields = fieldsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    return isOver(fields[0]) ? undefined : `${readFileSync(bootFile, 'utf8').trim()} ${fields[19]}`;
  } catch { return undefined; }
}

/** Whether `start` of a process is one of this boot of the machine. Elsewhere than on Linux not known: false. */
export const isOfThisBoot = async (start: string): Promise<boolean> => process.platform === 'linux' && start.startsWith(`${await bootOf().catch(() => 'none')} `);

/** Whether anything of a process group still runs; remains that nobody collects do not. */
export async function groupLives(pid: number): Promise<boolean> {
  try { process.kill(-pid, 0); } catch { return false; }
  if (process.platform !== 'linux') return true;
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const members = await Promise.all(all.map(async (one) => { try { const [state, , group] = await statOf(one); return group === `${pid}` && !isOver(state); } catch { return false; } }));
  return members.includes(true);
}
