// Starting and watching the processes of a benchmark.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { cpuSecondsOf } from './machine.ts';

const root = join(import.meta.dirname, '../..');

/** repeated: requests with prompt, seed and n of an earlier one. */
export interface LoadStats { readonly requests: number; readonly samples: number; readonly repeated: number }
export interface LoadServer { readonly pid: number; readonly url: string; stats(): Promise<LoadStats>; /** The last requests as they came. */ bodies(): Promise<readonly string[]>; stop(): void }

/** Port 0: any free one. `file`: another server script with the same arguments, first line and /stats; its latency also comes as LAT. `more`: arguments behind port and latency. It ends with this process. */
export async function startLoadServer(latencyMs: number, port: number, file = join(import.meta.dirname, 'load-server.ts'), more: readonly string[] = []): Promise<LoadServer> {
  const child = spawn(process.execPath, [file, String(port), String(latencyMs), ...more], { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, LAT: String(latencyMs) } });
  const said = await new Promise<string>((resolve, reject) => { child.stdout.once('data', (line: Buffer) => resolve(line.toString())); child.once('exit', (code) => reject(new Error(`${file} ended with ${code}`))); });
  const url = `http://127.0.0.1:${/:(\d+)/.exec(said)![1]}`;
  const end = (): void => { child.kill(); };
  process.on('exit', end);
  child.once('exit', () => process.off('exit', end));
  return { pid: child.pid!, url, stats: async () => (await fetch(`${url}/stats`)).json() as Promise<LoadStats>, bodies: async () => (await fetch(`${url}/bodies`)).json() as Promise<string[]>, stop: end };
}

/** A folder that goes with the process, and a file of made-up four-option questions in it. */
export function makeQuestions(count: number): { readonly folder: string; readonly file: string } {
  const folder = mkdtempSync(join(tmpdir(), 'slowthink-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'questions.jsonl');
  const body = 'A patient of middle age comes with a complaint that has lasted for some days, and the history and the examination show what a textbook describes. '.repeat(3);
  writeFileSync(file, Array.from({ length: count }, (_, index) => `${JSON.stringify({ id: String(index), question: `${body}What is the best next step in case ${index}?\nA. observe\nB. treat\nC. operate\nD. refer`, answer: 'ABCD'[index % 4] })}\n`).join(''));
  return { folder, file };
}

export interface ProgressLine { readonly elapsedMs: number; readonly rssBytes: number; readonly trees: { readonly closed: number; readonly open: number }; readonly requests: { readonly answered: number } }

export interface Run { readonly child: ChildProcess; readonly lines: readonly ProgressLine[]; readonly ended: Promise<number> }

/** `slowthink run`, or another command, as a user starts it, with its progress lines. */
export function startRun(args: readonly string[], command = 'run'): Run {
  const child = spawn(process.execPath, [join(root, 'apps/slowthink/src/main.ts'), command, ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: ProgressLine[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => { if (line.startsWith('{"type":"progress"')) lines.push(JSON.parse(line) as ProgressLine); else console.error(`  | ${line}`); });
  return { child, lines, ended: new Promise((resolve) => child.once('exit', (code) => resolve(code ?? 1))) };
}

/** What a script of this folder prints on stdout; it fails when the script does. */
export function runNode(script: string, args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [join(import.meta.dirname, script), ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => { output += chunk.toString(); });
  return new Promise((resolve, reject) => child.once('close', (code) => { if (code === 0) resolve(output); else reject(new Error(`${script} ended with ${code}`)); }));
}

/** A command of slowthink from start to end, with its wall and CPU seconds (Linux); it fails when the command does. */
export async function slowthink(args: readonly string[]): Promise<{ readonly seconds: number; readonly cpuSeconds: number }> {
  const start = performance.now();
  const child = spawn(process.execPath, [join(root, 'apps/slowthink/src/main.ts'), ...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  let cpu = 0;
  const look = setInterval(() => { try { cpu = cpuSecondsOf(child.pid!); } catch { /* it has just ended */ } }, 100);
  child.stderr.on('data', (chunk: Buffer) => { said = (said + chunk.toString()).slice(-2000); });
  const code = await new Promise((resolve) => child.once('close', resolve));
  clearInterval(look);
  if (code !== 0) throw new Error(`slowthink ${args[0]} ended with ${String(code)}: ${said}`);
  return { seconds: (performance.now() - start) / 1000, cpuSeconds: cpu };
}
