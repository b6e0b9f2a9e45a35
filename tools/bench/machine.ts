import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

/** The machine that numbers come from, in one line: cores, processor, memory, Node, and how busy it was just now. */
export function machineLine(): string {
  const cores = cpus();
  const model = cores[0]?.model.trim().replace(/\s+/g, ' ') || 'unknown processor';
  return `${cores.length} cores (${model}), ${Math.round(totalmem() / 2 ** 30)} GB, ${process.platform}, Node ${process.version}; load average before ${loadNow()}`;
}

/** Load average of the last minute: what others do on the machine takes part in every number. */
export const loadNow = (): string => loadavg()[0]!.toFixed(1);

/** CPU seconds a process and its threads have used so far, user and system (Linux). */
export function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process in MB (10^6 bytes), the most it has had so far (Linux). */
export const peakMemoryOf = (pid: number): number => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024 / 1e6;
