// Where experiments are made: steps that are done once, and the commands of the product, each of which goes on by itself where it was stopped.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { trainerForm, modelHash } from '@slowthink/training';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';

const repository = resolve(import.meta.dirname, '../..');

export interface Workshop {
  readonly dir: string;
  readonly threads: number; // of pretraining; a training has one, as in an evolution
  readonly trainer: string; // as --trainer says it
  readonly signal: AbortSignal;
  /** A folder of this workshop. */
  path(...parts: readonly string[]): string;
  /** Does `work` unless it is done; what it gave is remembered, with its seconds, end and commit. */
  step<Made extends object>(name: string, work: () => Promise<Made>): Promise<Made & { readonly seconds: number }>;
  /** When a step was done, ISO, and by which commit; null: not noted. */
  doneWith(name: string): { readonly at: string; readonly commit: string | null };
  /** One command of the product with --json; its last line. Throws with the command and what it said. */
  slowthink(...args: readonly string[]): Promise<Record<string, unknown>>;
  /** A program of this repository by the Python that has torch; its output goes to the terminal. Throws with the command. */
  python(...words: readonly string[]): Promise<void>;
  train(job: Omit<TrainingJob, 'v' | 'threads' | 'maxMinutes' | 'export' | 'config'>): Promise<TrainingManifest>;
}

export interface WorkshopOptions { readonly dir: string; readonly trainer: string; readonly python: () => string; readonly threads: number; readonly commit: string | null; readonly signal: AbortSignal; readonly say: (line: string) => void }

/** Of every training: the default of evolve.trainingThreads, since another number of threads may change the last bits of weights. */
export const trainingThreads = 1;

export function openWorkshop({ dir, trainer: trainerText, python, threads, commit, signal, say }: WorkshopOptions): Workshop {
  const trainer = trainerForm(trainerText);
  const path = (...parts: readonly string[]): string => join(dir, ...parts);
  return {
    dir, threads, trainer: trainerText, signal, path,
    async step<Made extends object>(name: string, work: () => Promise<Made>) {
      const mark = path('done', `${name}.json`);
      if (existsSync(mark)) return JSON.parse(readFileSync(mark, 'utf8')) as Made & { readonly seconds: number };
      signal.throwIfAborted();
      say(`${name} …`);
      const began = performance.now();
      const made = { ...await work(), seconds: Math.round((performance.now() - began) / 100) / 10, at: new Date().toISOString(), commit };
      mkdirSync(path('done'), { recursive: true });
      writeFileSync(`${mark}.new`, `${JSON.stringify(made, null, 2)}\n`);
      renameSync(`${mark}.new`, mark); // last: without it the step is not done
      say(`${name}: ${made.seconds} s`);
      return made;
    },
    doneWith(name) {
      const mark = path('done', `${name}.json`);
      const { at = statSync(mark).mtime.toISOString(), commit: by = null } = JSON.parse(readFileSync(mark, 'utf8')) as { readonly at?: string; readonly commit?: string | null };
      return { at, commit: by };
    },
    slowthink: (...args) => slowthink(args, signal),
    python: (...words) => pythonProgram(python(), words, signal),
    async train(job) {
      mkdirSync(job.out, { recursive: true });
      return trainer.train({ v: 1, config: 'seed-cpu', threads: trainingThreads, maxMinutes: null, export: 'onnx', ...job }, { signal });
    },
  };
}

async function slowthink(args: readonly string[], signal: AbortSignal): Promise<Record<string, unknown>> {
  const child = spawn(process.execPath, [join(repository, 'apps/slowthink/src/main.ts'), ...args, '--json'], { cwd: repository, stdio: ['ignore', 'pipe', 'pipe'], detached: true }); // a terminal's Ctrl-C reaches this process alone, which passes it on once: a second one would end the command at once
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  let output = '', said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => { output += text; });
  child.stderr.setEncoding('utf8').on('data', (text: string) => { said = `${said}${text}`.slice(-4000); });
  const code = await new Promise<number | null>((done, failed) => child.on('error', failed).on('close', done));
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  const last = output.trim().split('\n').at(-1) ?? '';
  if (code !== 0 || !last.startsWith('{')) throw new Error(`slowthink ${args.join(' ')} ended with code ${code}.\n${said.trim().split('\n').filter((line) => !line.startsWith('{"type":"progress"')).slice(-12).join('\n')}`);
  const answer = JSON.parse(last) as Record<string, unknown>;
  if (answer['drained'] === true || (answer['process'] as { readonly drained?: boolean } | undefined)?.drained === true) throw new Error(`slowthink ${args.join(' ')} was stopped before its end. The same command goes on.`);
  return answer;
}

async function pythonProgram(python: string, words: readonly string[], signal: AbortSignal): Promise<void> {
  const child = spawn(python, [...words], { cwd: repository, stdio: ['ignore', 'inherit', 'inherit'] });
  const stop = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', stop, { once: true });
  const code = await new Promise<number | null>((done, failed) => child.on('error', failed).on('close', done));
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (code !== 0) throw new Error(`${python} ${words.join(' ')} ended with code ${code}.`);
}

export { modelHash };
