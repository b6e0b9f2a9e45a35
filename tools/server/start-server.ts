import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { SetUpError } from '../node/run-program.ts';
import { setUp } from './set-up.ts';

export interface RunningServer {
  readonly port: number;
  /** Value of --policy. */
  readonly policy: string;
  /** Resolves with the end of the output when the server ends by itself. */
  readonly ended: Promise<string>;
  stop(): Promise<void>;
}

export interface StartOptions {
  /** 0 or nothing: any free one. */
  readonly port?: number;
  readonly say?: (line: string) => void;
  /** Default 60,000. */
  readonly readyWithinMs?: number;
}

const freePort = (wanted: number): Promise<number> => new Promise((resolve, reject) => {
  const probe = createServer();
  probe.once('error', (error: NodeJS.ErrnoException) => reject(error.code === 'EADDRINUSE' ? new SetUpError(`Port ${wanted} is in use. Take another: npm run server -- --port ${wanted + 1}`) : error));
  probe.listen(wanted, '127.0.0.1', () => { const { port } = probe.address() as { port: number }; probe.close(() => resolve(port)); });
});

async function healthy(port: number): Promise<boolean> {
  try { return (await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(2000) })).ok; } catch { return false; }
}

/** Starts the real llama.cpp server with SmolLM2-135M-Instruct and waits until it answers. It ends with this process, however that ends. Throws SetUpError. */
export async function startServer(options: StartOptions = {}): Promise<RunningServer> {
  const { say = () => {}, readyWithinMs = 60_000 } = options;
  const python = await setUp(say);
  const port = await freePort(options.port ?? 0);
  const child = spawn(python, [join(import.meta.dirname, 'serve.py'), String(port)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '', over = false;
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => { output = (output + chunk.toString()).slice(-2000); });
  child.stdin.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    child.on('error', (error) => { over = true; resolve(error.message); });
    child.on('close', () => { over = true; resolve(output); });
  });
  const stop = async () => { if (!over) { child.stdin.end(); child.kill('SIGKILL'); } await ended; };
  const deadline = Date.now() + readyWithinMs;
  while (!(await healthy(port))) {
    if (over) throw new SetUpError(`The model server ended while it started.\n${output}`);
    if (Date.now() > deadline) { await stop(); throw new SetUpError(`The model server was not ready within ${readyWithinMs / 1000} s.\n${output}`); }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return { port, policy: `openai:http://127.0.0.1:${port}#smollm2-135m`, ended, stop };
}
