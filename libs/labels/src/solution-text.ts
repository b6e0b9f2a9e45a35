// How a row words its steps: one place for all kinds of rows, in the words of libs/prompts, so that training sees what was generated.
import { joinSteps, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import type { PairSide, SearchSettings, TrajectoryRecord } from '@slowthink/records';

/** Step 0 and the steps of a chain or prefix as one text. RangeError for a step that would split into others. */
export const solutionText = (steps: TrajectoryRecord['steps'] | PairSide['steps'], stepping: SearchSettings['stepping']): string => joinSteps([STEP_ZERO, ...steps.map(({ text }) => text)], stepping);

/** The same as one text a step, Step 0 first: no step holds the separator, so that the joined text comes apart where it was joined. */
export const stepTexts = (steps: TrajectoryRecord['steps'], stepping: SearchSettings['stepping']): string[] => solutionText(steps, stepping).split(STEP_SEPARATOR);
