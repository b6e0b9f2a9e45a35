import { readFile } from 'node:fs/promises';
import { runProgram } from './run-program.ts';

/** When a process was started, as a text that no other process has, not even one that gets its pid later; undefined where there is none, or only its remains. */
export async function processStart(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') return (await runProgram('ps', ['-o', 'lstart=', '-p', `${pid}`])).output.trim() || undefined;
  try {
    const [boot, line] = await Promise.all([readFile('/proc/sys/kernel/random/boot_id', 'utf8'), readFile(`/proc/${pid}/stat`, 'utf8')]);
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' '); // its name may hold anything
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : `${boot.trim()} ${fields[19]}`; // state, and start in ticks since boot: fields 3 and 22 of proc(5)
  } catch { return undefined; }
}
