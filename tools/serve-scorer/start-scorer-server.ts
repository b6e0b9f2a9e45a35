import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import { privatePython } from '../node/private-python.ts';
import { SetUpError } from '../node/run-program.ts';

const here = import.meta.dirname;

/** Python for tools/serve-scorer: that of SLOWTHINK_PYTHON, else a private one with exactly requirements.txt, made once in .cache/serve-scorer (6 GB where PyPI has torch with CUDA alone). Throws SetUpError. */
export const scorerPython = async (say: (line: string) => void): Promise<string> => process.env['SLOWTHINK_PYTHON']
  ?? privatePython({ who: 'The scorer server', what: 'PyTorch for the scorer server (once; gigabytes)', folder: resolve(here, '../../.cache/serve-scorer'), requirementsFile: join(here, 'requirements.txt') }, say);

export interface ScorerServerProcess {
  readonly url: string;
  readonly pid: number;
  /** What it said on stderr so far. */
  readonly said: () => string;
  /** Sends SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Starts the server on a free port and waits until it answers. Throws SetUpError with what it said. */
export async function startScorerServer(python: string, flags: readonly string[]): Promise<ScorerServerProcess> {
  const child = spawn(python, [join(here, 'main.py'), '--port', '0', '--threads', '1', ...flags], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, OMP_NUM_THREADS: '1' } });
  let said = '', printed = '';
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-20_000); });
  const ended = new Promise<number | null>((done) => { child.on('error', (error) => { said += error.message; done(null); }); child.on('close', done); });
  const url = await new Promise<string>((ready, failed) => {
    child.stdout.on('data', (chunk: Buffer) => { printed += chunk.toString(); const line = /^http\S+(?=\n)/m.exec(printed)?.[0]; if (line !== undefined) ready(line); });
    void ended.then((code) => failed(new SetUpError(`The scorer server ended with ${code} while it started.\n${said}`)));
  });
  return { url, pid: child.pid!, said: () => said, stop: () => { child.kill('SIGTERM'); return ended; } };
}
