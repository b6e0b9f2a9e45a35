// What is sent for each purpose. Steps stand only in the assistant's last turn, the question and its history before it: no question can forge a step.
//   one-shot (round 1): instruction + example question, example solution, history, question | the steps so far as the beginning of the answer
//   bare (round 2 on):  history, question                                                   | the steps so far as the beginning of the answer
import type { Prompt } from '@slowthink/records';
import { questionMessages, type PromptMessage } from './question.ts';
import { joinSteps, openStep, splitSteps, STEP_SEPARATOR, type Stepping } from './steps.ts';
import { splitThinking } from './thinking.ts';
import { CHOICE_REQUEST, EXAMPLE_QUESTION, exampleSolution, FINISH_REQUEST, instruction, PROBE_QUESTION, probeSteps, REFLECT_OPENING, REFLECT_REQUEST, ROLLOUT_REQUEST } from './wording.ts';

export interface PromptText {
  /** User and assistant by turns; the last is the user's. */
  readonly messages: readonly PromptMessage[];
  /** Beginning of the assistant's turn, to be continued; empty for a choice. */
  readonly prefix: string;
  /** At most 4. */
  readonly stop: readonly string[];
}

/** All that a prompt is made of. No gold: where a prompt is sent may depend on the right answer, its words never do. */
export interface PromptInput {
  readonly prompt: Prompt;
  /** The steps so far, normalised, Step 0 first. */
  readonly steps: readonly string[];
  readonly prompting: 'one-shot' | 'bare';
  readonly stepping: Stepping;
  /** The policy thinks before it writes: nothing is a stop string, since a thought may hold anything. Default false. */
  readonly thinking?: boolean | undefined;
}

/** One next step. Stops where the model begins another one, unless it thinks; what stands behind the first step is cut off by `splitSteps`. */
export const reasonPrompt = (input: PromptInput): PromptText => ({ messages: conversation(input), prefix: openStep(input.steps, input.stepping), stop: stepEnds(input) });

/** Free continuation to the end: the remaining steps, the last of which states the answer. */
export const finishPrompt = (input: PromptInput): PromptText => ({ messages: conversation(input, FINISH_REQUEST), prefix: openStep(input.steps, input.stepping), stop: [] });

/** One completion from the steps so far to a final answer, to be graded. */
export const rolloutPrompt = (input: PromptInput): PromptText => ({ messages: conversation(input, ROLLOUT_REQUEST), prefix: openStep(input.steps, input.stepping), stop: [] });

/**
 * One further step that checks the steps so far and corrects them if needed (arXiv 2501.12051 v4, action Reflect). The prefix ends with the fixed opening of that step; the reply goes to `reflectStep`.
 * Nothing in it says whether the steps are right.
 */
export function reflectPrompt(input: PromptInput): PromptText {
  const open = openStep(input.steps, input.stepping);
  return { messages: conversation(input, REFLECT_REQUEST), prefix: `${open}${input.stepping === 'marked' ? ' ' : ''}${REFLECT_OPENING}`, stop: stepEnds(input) };
}

/** The step of a Reflect: its opening and what the model wrote behind it up to the next step, normalised. '' when the model added nothing. */
export function reflectStep(continuation: string, stepping: Stepping = 'marked'): string {
  const [step = ''] = splitSteps(`${REFLECT_OPENING}${continuation}`, 1, stepping);
  return step === REFLECT_OPENING ? '' : step;
}

/** The one-word question "Reason or Finish?"; the reply goes to `parseChoice`. */
export function choicePrompt(input: PromptInput): PromptText {
  return { messages: [...conversation(input), { role: 'assistant', content: joinSteps(input.steps, input.stepping) }, { role: 'user', content: CHOICE_REQUEST }], prefix: '', stop: input.thinking === true ? [] : ['\n'] };
}

/** The first of the two words in a reply, behind its thoughts; a reply with neither counts as reason, and so does "not finished". */
export function parseChoice(text: string): 'reason' | 'finish' {
  return /(?<!(?:\bnot|n['’]t|\bcannot)(?: yet)? )\b(reason|finish)(?:ing|ed)?\b/i.exec(splitThinking(text).text)?.[1]?.toLowerCase() === 'finish' ? 'finish' : 'reason';
}

/** A small question to a policy, and a small solution to a step scorer, to see whether they answer. */
export const probePrompt: PromptText = { messages: [{ role: 'user', content: PROBE_QUESTION }], prefix: '', stop: [] };
export const probeSolution = { question: PROBE_QUESTION, steps: probeSteps } as const;

/**
 * Where the model begins the step behind the open one, or the open one again. Each ends with its colon: "Step 1" would end "Step 12". An engine stops at them in a thought too, so a policy that thinks gets none and
 * writes on: its first step counts.
 */
function stepEnds({ steps: { length: k }, stepping, thinking }: PromptInput): readonly string[] {
  if (thinking === true) return [];
  return stepping === 'paragraph' ? [STEP_SEPARATOR] : [`\nStep ${k + 1}:`, `\n**Step ${k + 1}:`, `\n### Step ${k + 1}:`, `\nStep ${k}:`];
}

function conversation({ prompt, prompting, stepping }: PromptInput, request?: string): readonly PromptMessage[] {
  const messages = questionMessages(prompt);
  if (prompting === 'bare') return messages;
  const { content } = messages.at(-1)!;
  return [
    { role: 'user', content: `${instruction(stepping)}\n\n${EXAMPLE_QUESTION}` },
    { role: 'assistant', content: exampleSolution(stepping) },
    ...messages.slice(0, -1),
    { role: 'user', content: request === undefined ? content : `${content}\n\n${request}` },
  ];
}
