import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TrainingProgress } from './trainer.ts';

const phases: readonly unknown[] = ['loading', 'training', 'exporting', 'done'] satisfies readonly TrainingProgress['phase'][];
const isCount = (value: unknown): value is number => Number.isInteger(value) && (value as number) >= 0;
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** OUT/progress.json; undefined where there is none yet, or something else: progress is shown, and nothing depends on it. */
export async function readProgress(out: string): Promise<TrainingProgress | undefined> {
  try {
    const { phase, step, steps, loss, tokensPerSecond, secondsLeft } = JSON.parse(await readFile(join(out, 'progress.json'), 'utf8')) as { readonly [field: string]: unknown };
    if (!phases.includes(phase) || !isCount(step) || !isCount(steps)) return undefined;
    return { phase: phase as TrainingProgress['phase'], step, steps, loss: numberOrNull(loss), tokensPerSecond: numberOrNull(tokensPerSecond), secondsLeft: numberOrNull(secondsLeft) };
  } catch { return undefined; }
}

/** Tells of each change of it, about twice a second, until it is stopped; then once more of the last one. */
export function watchProgress(out: string, tell: (progress: TrainingProgress) => void, everyMs = 500): { stop(): Promise<void> } {
  let last = '', reading = Promise.resolve();
  const look = (): void => { reading = reading.then(async () => {
    const progress = await readProgress(out), text = JSON.stringify(progress);
    if (progress === undefined || text === last) return;
    last = text;
    tell(progress);
  }); };
  const timer = setInterval(look, everyMs);
  return { stop: async () => { clearInterval(timer); look(); await reading; } };
}
