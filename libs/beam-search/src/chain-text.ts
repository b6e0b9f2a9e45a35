import type { Sample } from '@slowthink/models';
import { joinSteps, openStep, readReply, splitSteps, STEP_ZERO, type Stepping } from '@slowthink/prompts';

/** What a sample wrote behind the open mark of step `first`. */
export interface StepsIn {
  /** Normalised; empty: no text. */
  readonly steps: readonly string[];
  /** The last of them was cut off. */
  readonly truncated: boolean;
  readonly reasoning?: string;
}

/** `whole`: all steps; else the first, and what follows its end is not looked at. Thoughts are set apart. */
export function stepsIn(sample: Sample, first: number, stepping: Stepping, whole: boolean): StepsIn {
  const { text, truncated, reasoning } = readReply(sample);
  const written = splitSteps(text, first, stepping);
  const steps = whole ? written : written.slice(0, 1);
  return { steps, truncated: truncated && steps.length === written.length, ...(reasoning === undefined ? {} : { reasoning }) };
}

/** Steps 1 and on as one continuation behind Step 0 and the open mark of Step 1, as a policy would have written them; it splits into the same steps. */
export const solutionText = (steps: readonly string[], stepping: Stepping): string => joinSteps([STEP_ZERO, ...steps], stepping).slice(openStep([STEP_ZERO], stepping).length);
