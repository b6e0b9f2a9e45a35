import { spawn } from 'node:child_process';
import { open, type FileHandle } from 'node:fs/promises';
import { endGroup, signalGroup } from './end-group.ts';
import { forgetProcess, noteProcess } from './left-process.ts';

export interface ProgramStart {
  readonly argv: readonly string[];
  /** Laid over the environment of this process. Variables of Slowthink's own, keys of model servers among them, are none of its business. */
  readonly env?: { readonly [name: string]: string };
  readonly log: string; // all it prints is appended to this file
  /** Says while it runs which process it is, for `endLeftProcess`. */
  readonly note: string;
}

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly said: string; // the end of what it printed, at most 4,000 characters
}

export interface RunningProgram {
  /** Settled when the program itself is over and its note is removed; never rejects. */
  readonly ended: Promise<ProgramEnd>;
  /** Ends it and what it started: SIGTERM to its group, and SIGKILL to what is not over after `graceMs`; resolves when all of it is. */
  stop(graceMs: number): Promise<void>;
}

const saidMax = 4000;

/** Starts a program without a shell and without input, in a process group of its own, so that Ctrl-C does not reach it. Rejects with the error of the system where it cannot be started or a file cannot be written. */
export async function startProgram({ argv, env = {}, log: path, note }: ProgramStart): Promise<RunningProgram> {
  const log = await open(path, 'a+');
  try {
    await log.appendFile(`--- ${new Date().toISOString()}\n`);
    const from = (await log.stat()).size;
    const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLOWTHINK_')));
    const child = spawn(argv[0]!, argv.slice(1), { shell: false, detached: true, stdio: ['ignore', log.fd, log.fd], env: { ...inherited, ...env } });
    const exited = new Promise<Omit<ProgramEnd, 'said'>>((resolve) => { child.on('exit', (code, signal) => resolve({ code, signal })); });
    await new Promise<void>((resolve, reject) => { child.on('spawn', resolve); child.on('error', reject); });
    const pid = child.pid!;
    try { await noteProcess(note, pid); } catch (error) { signalGroup(pid, 'SIGKILL'); await exited; throw error; }
    const ended = exited.then(async (end) => {
      try { return { ...end, said: await tailOf(log, from) }; } finally { await log.close(); await forgetProcess(note); }
    });
    const stop = async (graceMs: number): Promise<void> => {
      await endGroup(pid, graceMs);
      await ended;
    };
    return { ended, stop };
  } catch (error) { await log.close().catch(() => {}); throw error; }
}

async function tailOf(log: FileHandle, from: number): Promise<string> {
  try {
    const { size } = await log.stat(), start = Math.max(from, size - saidMax);
    const { buffer, bytesRead } = await log.read(Buffer.alloc(Math.max(0, size - start)), 0, size - start, start);
    return buffer.subarray(0, bytesRead).toString();
  } catch { return ''; }
}
