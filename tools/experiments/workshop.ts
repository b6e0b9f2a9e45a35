// Where experiments are made: steps that are done once, and the commands of the product, each of which goes on by itself where it was stopped.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { TrainingJob, TrainingManifest } from '@slowthink/records';
import { writeWhole } from '@slowthink/results';
import { trainerForm, modelHash } from '@slowthink/training';
import { runCommand } from '../../apps/slowthink/src/evolving/run-command.ts';

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
  /** One command of the product with --json; its last line. It ends with this process, and is asked once to drain. Faults of the command. */
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
      await writeWhole(mark, `${JSON.stringify(made, null, 2)}\n`); // last: without it the step is not done
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

/** A command that was stopped alone is no result: a step must not be marked as done with it. */
async function slowthink(args: readonly string[], signal: AbortSignal): Promise<Record<string, unknown>> {
  const answer = await runCommand<Record<string, unknown> & { readonly drained?: boolean; readonly process?: { readonly drained?: boolean } }>([...args, '--json'], { signal, onProgress: () => {}, onLine: () => {} });
  signal.throwIfAborted();
  if (answer.drained === true || answer.process?.drained === true) throw new Error(`slowthink ${args.join(' ')} was stopped before its end. The same command goes on.`);
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
