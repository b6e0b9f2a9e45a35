// How a row words question and steps: one place for all kinds of rows, in the words of libs/prompts, so that training sees what was generated.
import { joinSteps, questionText, STEP_SEPARATOR, STEP_ZERO } from '@slowthink/prompts';
import type { PairSide, Prompt, SearchSettings, TrajectoryRecord } from '@slowthink/records';

export interface Message { readonly role: 'user' | 'assistant'; readonly content: string }

/** The question as turns: the earlier ones of its conversation, then the user's. */
export const questionTurns = ({ history = [], ...prompt }: Prompt): Message[] => [...history.map(({ role, content }) => ({ role, content: questionText({ text: content }) })), { role: 'user', content: questionText(prompt) }];

/** The question as plain text. Several turns say who speaks, each behind a blank line. */
export function questionPlain(prompt: Prompt): string {
  const turns = questionTurns(prompt);
  return turns.length === 1 ? turns[0]!.content : turns.map(({ role, content }) => `${role === 'user' ? 'User' : 'Assistant'}: ${content}`).join(STEP_SEPARATOR);
}

/** Step 0 and the steps of a chain or prefix as one text. RangeError for a step that would split into others. */
export const solutionText = (steps: TrajectoryRecord['steps'] | PairSide['steps'], stepping: SearchSettings['stepping']): string => joinSteps([STEP_ZERO, ...steps.map(({ text }) => text)], stepping);

/** The same as one text a step, Step 0 first: no step holds the separator, so that the joined text comes apart where it was joined. */
export const stepTexts = (steps: TrajectoryRecord['steps'], stepping: SearchSettings['stepping']): string[] => solutionText(steps, stepping).split(STEP_SEPARATOR);
