import { FaultError } from '@slowthink/faults';
import type { SampleReply, SampleRequest } from '@slowthink/models';
import { CHOICES, choicePrompt, finishPrompt, reasonPrompt, reflectPrompt } from '@slowthink/prompts';
import { underCredit, type StageContext } from '@slowthink/stream';
import { catchError, of, throwError, type Observable } from 'rxjs';
import { judgeAnswers, type Judged } from './judge-answers.ts';
import type { Ask, ExpandDeps } from './open-trees.ts';

/** A reply, or the record fault that the request ended with. */
export interface Answer {
  readonly ask: Ask;
  readonly reply?: SampleReply;
  /** One a sample where a verifier judges; undefined where the sample states no answer. */
  readonly judged?: readonly (Judged | undefined)[];
  readonly fault?: FaultError;
}

const writerOf = {
  choose: { prompt: choicePrompt, sampling: 'choice' },
  reason: { prompt: reasonPrompt, sampling: 'step' },
  reflect: { prompt: reflectPrompt, sampling: 'step' },
  finish: { prompt: finishPrompt, sampling: 'finish' },
} as const;

/** The request a model gets: prompt and prefix of the node, the sampling of its action, the seed that belongs to it. A choice names the words to choose from; the reply is read as text either way. */
export function sampleRequestOf({ opened, request }: Ask): SampleRequest {
  const { prompt, sampling } = writerOf[request.kind];
  const { prompting, stepping, thinking, choice, step } = opened.search;
  const { messages, prefix, stop } = prompt({ prompt: opened.prompt, steps: request.steps, prompting, stepping, thinking });
  const thoughtful = request.kind === 'choose' && thinking === true ? { ...choice, maxTokens: Math.max(choice.maxTokens, step.maxTokens) } : opened.search[sampling]; // a thought comes before the word
  return { id: request.id, messages, prefix, stop, n: request.n, seed: request.seed, sampling: thoughtful, ...(request.kind === 'choose' ? { choices: CHOICES } : {}) };
}

/** Asks under a request credit; while draining nothing new is asked, a restart derives it again. A record fault is an answer too; an environment fault ends the stream, its trees stay as they were committed. */
export function askPolicy({ policy, verifier }: ExpandDeps, { credits, draining, room }: StageContext): (ask: Ask) => Observable<Answer> {
  const begin = underCredit({ credits: credits['requests']!, draining, room });
  return (ask) => {
    const sample = (signal: AbortSignal) => policy.sample(sampleRequestOf(ask), signal);
    const call = verifier === undefined
      ? async (signal: AbortSignal): Promise<Answer> => ({ ask, reply: await sample(signal) })
      : (signal: AbortSignal): Promise<Answer> => sample(signal).then((reply) => judgeAnswers(verifier, ask, reply, signal)); // the credit is held until all is judged: a slow grader slows the asking
    return begin(call).pipe(
      catchError((error: unknown) => error instanceof FaultError && error.blame === 'record' ? of({ ask, fault: error }) : throwError(() => error)),
    );
  };
}
