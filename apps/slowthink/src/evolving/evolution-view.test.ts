import { Writable } from 'node:stream';
import { evolutionRecipes } from '@slowthink/evolution';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { evolutionView } from './evolution-view.ts';

beforeEach(() => { vi.useFakeTimers({ now: 0 }); });
afterEach(() => { vi.useRealTimers(); });

function view(done: readonly string[]) {
  const written: string[] = [];
  const stream = new Writable({ decodeStrings: false, write: (chunk: string, _, next) => { written.push(chunk); next(); } }) as unknown as NodeJS.WriteStream;
  return { written, shown: evolutionView(evolutionRecipes['seed-cpu']!, 2, done, stream) };
}

it('says every five seconds where it stands: round, step, loss or throughput, and the time left by the step itself and by estimates of those after it', () => {
  const { written, shown } = view(['0-dev', '1-questions']);
  shown.begin({ id: '1-run', round: 1, name: 'run' }, 8, 20);
  shown.watch.onProgress({ type: 'progress', questions: { done: 100, total: 800 }, tokensPerSecond: 5000, etaMs: 60_000, paused: null });
  vi.advanceTimersByTime(1000);
  expect(JSON.parse(written.at(-1)!)).toMatchObject({ type: 'progress', final: false, round: 1, rounds: 2, step: 'run', steps: { done: 2, total: 11 }, doing: '100 of 800 questions', tokensPerSecond: 5000, stepLeftMs: 60_000, etaMs: 60_000 + 20 * 60_000 });
  shown.end({ id: '1-run', round: 1, name: 'run' });
  shown.begin({ id: '1-sft', round: 1, name: 'sft' }, 1, null);
  shown.watch.onTraining({ phase: 'training', step: 3, steps: 30, loss: 0.5, tokensPerSecond: 900, secondsLeft: 20 });
  vi.advanceTimersByTime(5000);
  expect(JSON.parse(written.at(-1)!)).toMatchObject({ step: 'sft', steps: { done: 3, total: 11 }, doing: 'update 3 of 30, loss 0.500', loss: 0.5, stepLeftMs: 20_000, etaMs: null }); // nobody knows what the rest takes
  shown.watch.onLine('A line of a command.');
  shown.stop();
  expect([written.at(-2), JSON.parse(written.at(-1)!)]).toEqual(['A line of a command.\n', expect.objectContaining({ final: true })]);
});
