import type { Step } from '@slowthink/evolution';
import { drawingWork } from './drawing-work.ts';
import type { Evolution } from './evolution.ts';
import { exploringWork } from './exploring-work.ts';
import { measuringWork } from './measuring-work.ts';
import { trainingWork } from './training-work.ts';
import type { Done, Names, Work } from './work.ts';

/** The work of the next step. Reads; nothing is written before `perform`. */
export async function workOf(step: Step, evolution: Evolution, done: Done, names: Names, signal: AbortSignal): Promise<Work> {
  switch (step.name) {
    case 'questions': return drawingWork(step, evolution);
    case 'curriculum': case 'run': return exploringWork(step, step.name, evolution, done, await names.policy(step.round - 1, signal));
    case 'dev': return measuringWork(step.round, evolution, done, await names.policy(step.round, signal), await names.scorer(step.round, signal));
    case 'sft': case 'dpo': case 'prm': return trainingWork(step, step.name, evolution, done);
  }
}
