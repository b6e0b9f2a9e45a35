import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { FaultError, faultTable, type FaultCode } from '@slowthink/faults';

export interface CommandWatch {
  /** Aborted: the command is asked to drain, once. */
  readonly signal: AbortSignal;
  /** A line of progress, as commands print it where stderr is no terminal. */
  onProgress(line: { readonly [name: string]: unknown }): void;
  /** Any other line. */
  onLine(text: string): void;
}

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
const followParent = new URL('follow-parent.ts', import.meta.url).href;

/**
 * Runs "slowthink ARGS" as a process of its own and gives the object on its last line. It hears of a Ctrl-C from here alone (a terminal tells every process of a group, and a second signal would stop it at once), and ends when this process does.
 * `env` is laid over the environment of this process: keys, which no file of an evolution holds. Faults: that of the command, with its code; EVOLVE_STEP_FAILED where it ends without one.
 */
export async function runCommand<Result>(args: readonly string[], { signal, onProgress, onLine }: CommandWatch, env: { readonly [name: string]: string | undefined } = {}): Promise<Result> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, ['--import', followParent, main, ...args], { detached: true, stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  child.stdin.on('error', () => {});
  const end = (): void => { child.kill('SIGKILL'); };
  const drain = (): void => { child.kill('SIGINT'); };
  process.once('exit', end); // a second Ctrl-C ends this process at once
  signal.addEventListener('abort', drain, { once: true });
  let last = '', stdout = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => { stdout += chunk; });
  createInterface({ input: child.stderr }).on('line', (line) => {
    const progress = progressOf(line);
    if (progress !== undefined) { onProgress(progress); return; }
    last = line;
    onLine(line);
  });
  try {
    const code = await new Promise<number | string>((resolve, reject) => { child.on('error', reject); child.on('close', (status, by) => resolve(status ?? by ?? 'nothing')); });
    if (code !== 0) throw failureOf(args, code, last);
    return JSON.parse(stdout.trimEnd().split('\n').at(-1)!) as Result;
  } finally {
    process.off('exit', end);
    signal.removeEventListener('abort', drain);
  }
}

function progressOf(line: string): { readonly [name: string]: unknown } | undefined {
  if (!line.startsWith('{"type":"progress"')) return undefined;
  try { return JSON.parse(line) as { readonly [name: string]: unknown }; } catch { return undefined; }
}

const goesOn = 'The round stays as it is, and so do the models in use: mend this, and the same command goes on.';

function failureOf([command]: readonly string[], code: number | string, said: string): FaultError {
  const [, fault, rest] = /^([A-Z]+(?:_[A-Z]+)+) (.*)$/s.exec(said) ?? [];
  if (fault !== undefined && Object.hasOwn(faultTable, fault)) return new FaultError(fault as FaultCode, `"slowthink ${command}" said: ${rest}`, { hint: goesOn });
  return new FaultError('EVOLVE_STEP_FAILED', `"slowthink ${command}" ended with ${typeof code === 'number' ? `exit code ${code}` : code}${said === '' ? ' and said nothing' : `: ${said.slice(0, 500)}`}.`);
}
