import { FaultError } from '@slowthink/faults';
import { systemClock } from './clock.ts';
import type { ScoreRequest, StepScorer } from './policy.ts';
import { scorerConformance } from './scorer-conformance.ts';
import { scriptedScorer } from './scripted.ts';

/** A value from question and steps up to the one that is valued. */
const value = ({ question, steps }: ScoreRequest, index: number): number => {
  let state = 7;
  for (const sign of question + steps.slice(0, index + 1).join('\n')) state = (Math.imul(state, 31) + sign.codePointAt(0)!) >>> 0;
  return state / 2 ** 32;
};
const fail = ({ steps }: ScoreRequest) => (steps.length > 100 ? new FaultError('MODEL_CONTEXT_EXCEEDED', `${steps.length} steps are too many.`) : undefined);

async function open(): Promise<StepScorer> {
  const scorer = scriptedScorer({ value, fail });
  return { ...scorer, score: async (request, signal) => { signal?.throwIfAborted(); await systemClock.sleep(1, signal); return scorer.score(request, signal); } };
}

scorerConformance('scripted', open, { prefixTolerance: 0 });
