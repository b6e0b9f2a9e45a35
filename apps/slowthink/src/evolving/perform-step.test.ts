import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { evolutionFolder } from './evolution-folder.ts';
import { performStep } from './perform-step.ts';
import { whole, type Outcome, type StepWatch } from './work.ts';

const step = { id: '1-run', round: 1, name: 'run' } as const;
const watch: StepWatch = { signal: new AbortController().signal, onProgress: () => {}, onLine: () => {}, onTraining: () => {} };

/** The record of a step that came to this, after an attempt that drained. */
async function recordOf(outcome: Partial<Outcome>) {
  const dir = mkdtempSync(join(tmpdir(), 'slowthink-step-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const earlier = { v: 1, step: step.id, command: [], used: {}, job: null, earlier: { seconds: 5, requests: 10, tokens: 100 } } as const;
  return performStep(step, { command: [], used: {}, makes: [], units: 4, job: null, perform: async () => ({ ...whole, ...outcome }) }, evolutionFolder(dir), earlier, watch);
}

it('counts the attempts that said what they asked', async () => {
  expect(await recordOf({ requests: 7, tokens: 70 })).toMatchObject({ requests: 17, tokens: 170 });
});

it('counts what the log has where a process ended before it said so, and never less than was said', async () => {
  expect(await recordOf({ logged: { requests: 40, tokens: 400 } })).toMatchObject({ requests: 40, tokens: 400 });
  expect(await recordOf({ requests: 7, tokens: 70, logged: { requests: 12, tokens: 120 } })).toMatchObject({ requests: 17, tokens: 170 });
});
