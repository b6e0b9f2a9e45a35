import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null;
  /** The end of its output. */
  readonly output: string;
}

export interface JavaProcess {
  readonly pid: number | undefined;
  readonly over: boolean;
  readonly ended: Promise<Ended>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** SIGTERM, and kill -9 after `withinMs`; resolves when it is gone. */
  stop(withinMs: number): Promise<void>;
}

// The watcher reads a pipe of this process, which ends with it. Both are sessions of their own: what kills the group of this process leaves the watcher alive, and a Ctrl-C is ours to pass on.
const watch = 'cat > /dev/null; kill -9 "$1"; [ -z "$2" ] || { sleep 1; rm -rf "$2"; }';

/** Starts java; its output is added to `logFile`. Should this process end first, however that happens, java is killed (kill -9) and the folder `orphan` removed. */
export function startJava(java: string, args: readonly string[], logFile: string, orphan = ''): JavaProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(java, args, { stdio: ['ignore', log, log], detached: true });
  closeSync(log);
  let over = false;
  const { promise: ended, resolve } = Promise.withResolvers<Ended>();
  const end = (code: number | null, output: string): void => { over = true; resolve({ code, output }); };
  child.on('error', (error) => end(null, error.message));
  child.on('exit', (code) => end(code, tailOf(logFile)));
  if (child.pid !== undefined) {
    const watcher = spawn('sh', ['-c', watch, 'sh', String(child.pid), orphan], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
    watcher.on('error', () => {});
    watcher.stdin.on('error', () => {});
    watcher.unref();
    child.on('exit', () => watcher.kill('SIGKILL')); // before its pipe ends: the number of the process may belong to another soon
  }
  const signal = async (name: NodeJS.Signals): Promise<void> => { child.kill(name); await ended; };
  return {
    pid: child.pid, ended, get over() { return over; },
    kill: () => signal('SIGKILL'),
    stop: async (withinMs) => {
      const late = setTimeout(() => child.kill('SIGKILL'), withinMs);
      await signal('SIGTERM');
      clearTimeout(late);
    },
  };
}

function tailOf(file: string, bytesMax = 2000): string {
  try {
    const handle = openSync(file, 'r');
    try {
      const { size } = fstatSync(handle), bytes = Buffer.alloc(Math.min(bytesMax, size));
      readSync(handle, bytes, 0, bytes.length, size - bytes.length);
      return bytes.toString();
    } finally { closeSync(handle); }
  } catch (error) { return (error as Error).message; } // the folder was removed
}
