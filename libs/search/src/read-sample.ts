import { statesAnswer } from '@slowthink/answers';
import { judgedText, reflectStep, splitSteps } from '@slowthink/prompts';
import type { OpenedEvent, Verdict } from '@slowthink/records';
import type { SearchRequest } from './requests.ts';

/** One sampled continuation of the prefix that ends with "Step k:". */
export interface StepSample {
  readonly text: string;
  readonly truncated: boolean; // ended at its token limit
  /** What a thinking model thought before the text. */
  readonly reasoning?: string;
  /** The verdict of a grader other than the rules on the answer that `answersToJudge` names for this sample. */
  readonly verdict?: Verdict;
  /** Why such a grader gave no verdict: the child fails with it. Without a verdict nobody knows whether the answer is right. */
  readonly fault?: { readonly code: string; readonly message: string };
}

/** A text that states an answer, as a grader gets it. */
export interface StatedAnswer { readonly text: string; readonly truncated: boolean }

/** What a sample holds: the steps it wrote for its child, first to last, and the answer that is to be judged, where there is one. No steps: it holds no text. */
export interface SampleReading {
  readonly steps: readonly string[];
  readonly truncated: boolean; // the last of them
  readonly answer?: StatedAnswer;
}

/**
 * Reads a sample as what the request asked for.
 * Finish: all its steps; the whole continuation is judged, as it is for a rollout with the same words.
 * Reason: the first step; what follows its own end belongs to children not yet asked for. It is judged where it states an answer: then it is a Finish.
 * Reflect: like a Reason, behind the opening that the prompt put before it; where nothing was added to the opening it holds no text.
 */
export function readSample({ kind, depth }: SearchRequest, { text, truncated }: StepSample, { gold, search: { stepping } }: OpenedEvent): SampleReading {
  const steps = splitSteps(text, depth, stepping);
  if (steps.length === 0 || kind === 'choose') return { steps: [], truncated };
  if (kind === 'finish') return { steps, truncated, answer: { text: judgedText(steps), truncated } };
  const step = kind === 'reflect' ? reflectStep(text, stepping) : steps[0]!;
  if (step === '') return { steps: [], truncated };
  const cut = truncated && steps.length === 1;
  return { steps: [step], truncated: cut, ...(statesAnswer(step, gold) ? { answer: { text: step, truncated: cut } } : {}) };
}
