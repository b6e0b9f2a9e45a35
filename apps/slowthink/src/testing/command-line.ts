// The program as a user starts it: a child process in a folder of its own, with what it printed and how it ended.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FaultRecord } from '@slowthink/records';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
/** The program of one stage alone. */
export const stageProgram = (name: string): string => fileURLToPath(new URL(`../../../${name}/src/main.ts`, import.meta.url));

export interface Ended {
  /** null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly pid: number;
  readonly ended: Promise<Ended>;
  kill(signal: NodeJS.Signals): void;
  /** Resolves with the text when what was printed on stderr so far holds it; rejects when the process ends without. */
  says(text: string | RegExp): Promise<string>;
}

export interface Summary {
  readonly stages: { readonly [stage: string]: { readonly in: number; readonly ok: number; readonly failed: number; readonly dropped: number; readonly open?: number } };
  readonly trees: number;
  readonly requests: number;
  readonly tokens: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  readonly samples: number;
  readonly cost: number | null;
  readonly rows: { readonly [kind: string]: number };
  readonly dataset: string | null;
  readonly faults: { readonly [code: string]: number };
  readonly drained: boolean;
}

/** What ended well; throws with what it said on stderr when it did not. */
export function done(ended: Ended): Ended {
  if (ended.code !== 0) throw new Error(`The program ended with ${ended.code}, not 0:\n${ended.stderr}`);
  return ended;
}

/** A folder of its own for one test: files in it, and the program started there. */
export class Workplace {
  readonly folder = mkdtempSync(join(tmpdir(), 'slowthink-cli-'));
  readonly #running = new Set<() => void>();

  path(...names: readonly string[]): string { return join(this.folder, ...names); }

  write(name: string, content: string | Buffer): string {
    writeFileSync(this.path(name), content);
    return this.path(name);
  }

  start(args: readonly string[], env: { readonly [name: string]: string } = {}, program = main): Running {
    const clean = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SLOWTHINK_') && !name.startsWith('VITEST') && name !== 'NODE_OPTIONS'));
    const child = spawn(process.execPath, [program, ...args], { cwd: this.folder, env: { ...clean, NODE_COMPILE_CACHE: join(tmpdir(), 'slowthink-compile-cache'), SLOWTHINK_STREAM_COMMIT_MS: '10ms', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr, over] = ['', '', false];
    const listeners = new Set<() => void>();
    child.stdout.on('data', (chunk: Buffer) => { stdout += chunk.toString(); });
    child.stderr.on('data', (chunk: Buffer) => { stderr += chunk.toString(); for (const listener of listeners) listener(); });
    const stop = (): void => { child.kill('SIGKILL'); };
    this.#running.add(stop);
    const ended = new Promise<Ended>((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => { over = true; this.#running.delete(stop); resolve({ code, stdout, stderr }); for (const listener of listeners) listener(); });
    });
    const says = (text: string | RegExp): Promise<string> => new Promise((resolve, reject) => {
      const look = (): void => {
        const found = typeof text === 'string' ? (stderr.includes(text) ? text : undefined) : text.exec(stderr)?.[0];
        if (found !== undefined) { listeners.delete(look); resolve(found); }
        else if (over) reject(new Error(`The process ended without saying ${String(text)}. It said: ${stderr}`));
      };
      listeners.add(look);
      look();
    });
    return { pid: child.pid!, ended, says, kill: (signal) => { child.kill(signal); } };
  }

  run(args: readonly string[], env?: { readonly [name: string]: string }): Promise<Ended> { return this.start(args, env).ended; }

  /** The records of the topic `faults` of a run folder. */
  async faults(dir: string): Promise<readonly FaultRecord[]> {
    const { code, stdout, stderr } = await this.run(['inspect', 'faults', '--dir', dir, '--json']);
    if (code !== 0) throw new Error(stderr);
    return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as FaultRecord);
  }

  /** Ends what still runs and removes the folder. */
  close(): void {
    for (const stop of this.#running) stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Arguments of a small run that ends with a JSON line. */
export const smallRun = (policy: string, dir: string, ...more: readonly string[]): readonly string[] => ['run', '--policy', policy, '--dir', dir, '--preset', 'laptop', '--partitions', '2', '--json', ...more];

/** Makes every fault of the environment a pause at once, without earlier retries. */
export const noRetries = { SLOWTHINK_MODELS_RETRIES: '0' } as const;

/** The object on the last line of stdout. */
export const summaryOf = ({ stdout, stderr }: Ended): Summary => {
  const last = stdout.trimEnd().split('\n').at(-1);
  if (last === undefined || !last.startsWith('{')) throw new Error(`stdout ends with no object: ${stdout}\n${stderr}`);
  return JSON.parse(last) as Summary;
};

/** sha256 by name of every data file and the card of a sealed data set. Lineage holds offsets, which depend on order, and is left out. */
export function sealedFiles(dataset: string): { readonly [file: string]: string } {
  if (!existsSync(dataset)) return {};
  const files = readdirSync(dataset, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(dataset.length + 1));
  return Object.fromEntries(files.filter((file) => !file.startsWith('lineage')).sort().map((file) => [file, createHash('sha256').update(readFileSync(join(dataset, file))).digest('hex')]));
}

/** Question rows as JSONL: choices between A and B. */
export const questionLines = (count: number, prefix = 'Case'): string => Array.from({ length: count }, (_, index) => `${questionLine(`q${index}`, `${prefix} ${index}: which drug helps?`)}\n`).join('');
export const questionLine = (id: string, question: string): string => JSON.stringify({ id, question, options: { A: 'aspirin', B: 'heparin' }, answer: id.length % 2 === 0 ? 'A' : 'B' });
