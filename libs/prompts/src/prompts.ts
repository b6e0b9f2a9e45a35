// What is sent for each purpose. Steps stand only in the assistant's turn, the question only in the user's: no question can forge a step.
//   one-shot (round 1): instruction + example question, example solution, question | the steps so far as the beginning of the answer
//   bare (round 2 on):  question                                                    | the steps so far as the beginning of the answer
import type { Prompt } from '@slowthink/records';
import { defuseTokens, plainText, quoteRoles } from './defuse.ts';
import { joinSteps, openStep, type Stepping } from './steps.ts';
import { CHOICE_REQUEST, EXAMPLE_QUESTION, EXAMPLE_SOLUTION, FINISH_REQUEST, INSTRUCTION, ROLLOUT_REQUEST } from './wording.ts';

export interface PromptMessage {
  readonly role: 'user' | 'assistant'; // no system turn: some chat templates refuse one
  readonly content: string;
}

export interface PromptText {
  /** User and assistant by turns; the last is the user's. */
  readonly messages: readonly PromptMessage[];
  /** Beginning of the assistant's turn, to be continued; empty for a choice. */
  readonly prefix: string;
  /** At most 4. */
  readonly stop: readonly string[];
}

export interface PromptInput {
  readonly prompt: Prompt;
  /** The steps so far, normalised, Step 0 first. */
  readonly steps: readonly string[];
  readonly prompting: 'one-shot' | 'bare';
  readonly stepping: Stepping;
}

/** The question as every model sees it, in prompts and in training rows: LF, no control characters, template tokens broken, role lines quoted. */
export const questionText = ({ text }: Prompt): string => quoteRoles(defuseTokens(plainText(text))).trim();

/** One next step. Stops where the model begins another one; steps it numbers otherwise are cut off by `splitSteps`. */
export function reasonPrompt(input: PromptInput): PromptText {
  const k = input.steps.length;
  return { messages: conversation(input), prefix: openStep(input.steps), stop: [`\nStep ${k + 1}:`, `\n**Step ${k + 1}`, `\n### Step ${k + 1}`, `\nStep ${k}:`] };
}

/** Free continuation to the end: the remaining steps, the last of which states the answer. */
export const finishPrompt = (input: PromptInput): PromptText => ({ messages: conversation(input, FINISH_REQUEST), prefix: openStep(input.steps), stop: [] });

/** One completion from the steps so far to a final answer, to be graded. */
export const rolloutPrompt = (input: PromptInput): PromptText => ({ messages: conversation(input, ROLLOUT_REQUEST), prefix: openStep(input.steps), stop: [] });

/** The one-word question "Reason or Finish?"; the reply goes to `parseChoice`. */
export function choicePrompt(input: PromptInput): PromptText {
  return { messages: [...conversation(input), { role: 'assistant', content: joinSteps(input.steps) }, { role: 'user', content: CHOICE_REQUEST }], prefix: '', stop: ['\n'] };
}

/** The first of the two words in a reply; a reply with neither counts as reason. */
export function parseChoice(text: string): 'reason' | 'finish' {
  return /\b(reason|finish)(?:ing|ed)?\b/i.exec(text)?.[1]?.toLowerCase() === 'finish' ? 'finish' : 'reason';
}

function conversation({ prompt, prompting }: PromptInput, request?: string): readonly PromptMessage[] {
  const question = questionText(prompt);
  if (prompting === 'bare') return [{ role: 'user', content: question }];
  return [
    { role: 'user', content: `${INSTRUCTION}\n\n${EXAMPLE_QUESTION}` },
    { role: 'assistant', content: EXAMPLE_SOLUTION },
    { role: 'user', content: request === undefined ? question : `${question}\n\n${request}` },
  ];
}
