import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Two kinds of Java processes: small enough to stand beside tests, quick to start rather than quick for ever. */
const fast = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-Xms128m', '-Xmx512m', '-XX:+ExitOnOutOfMemoryError'];

export interface JavaProcess {
  /** Resolves, once it is gone, with its exit code (null: a signal) and the end of what it printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  readonly over: boolean;
  signal(signal: NodeJS.Signals): void;
}

/** The last bytes of a file as text. */
export function tailOf(file: string, bytesMax = 2000): string {
  const handle = openSync(file, 'r');
  try {
    const bytes = Math.min(bytesMax, fstatSync(handle).size), buffer = Buffer.alloc(bytes);
    readSync(handle, buffer, 0, bytes, fstatSync(handle).size - bytes);
    return buffer.toString();
  } finally { closeSync(handle); }
}

/** Starts java with its output added to `logFile`. Should this process end, however that happens, a watcher kills java (kill -9) and removes the folder `orphan`. */
export function startJava(java: string, args: readonly string[], logFile: string, orphan = ''): JavaProcess {
  const log = openSync(logFile, 'a');
  const child = spawn(java, [...fast, ...args], { stdio: ['ignore', log, log], detached: true }); // detached: a Ctrl-C is ours to pass on
  closeSync(log);
  // The watcher reads a pipe of this process, which ends with it. Its own session survives whatever kills this process's group.
  const watcher = spawn('sh', ['-c', 'cat > /dev/null; kill -9 "$1"; [ -z "$2" ] || { sleep 1; rm -rf "$2"; }', 'sh', String(child.pid), orphan], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  watcher.on('error', () => {});
  watcher.stdin.on('error', () => {});
  watcher.unref();
  let over = false;
  const ended = new Promise<{ readonly code: number | null; readonly output: string }>((resolve) => {
    const end = (code: number | null, output: string): void => { over = true; watcher.kill('SIGKILL'); resolve({ code, output }); };
    child.on('error', (error) => end(null, error.message));
    child.on('exit', (code) => end(code, tailOf(logFile)));
  });
  return { ended, get over() { return over; }, signal: (signal) => { child.kill(signal); } };
}
