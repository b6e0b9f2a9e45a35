// The port that judges answers where no rule does: a program or a chat model. The rules themselves (libs/answers) need no port: they answer at once.
import type { PolicyIdentity } from '@slowthink/models';
import type { Gold, Prompt, Verdict } from '@slowthink/records';

export interface VerifyRequest {
  /** What the answer belongs to, for messages: a request id and the place of the sample. */
  readonly id: string;
  readonly questionId: string;
  readonly prompt: Prompt;
  /** Every kind, `open` too. A verifier sees it; policy and step scorer never do (law 8). */
  readonly gold: Gold;
  /** What the model wrote, as `answersToJudge` of libs/search cuts it out; not empty. */
  readonly text: string;
  /** Generation ended at the token limit. */
  readonly truncated: boolean;
}

/** Who judges. */
export interface GraderIdentity {
  /** Enters the settings hash: another program, another model or another revision is another run. Holds no host and no folder. */
  readonly name: string;
  /** Where a chat model judges: never the policy. */
  readonly model?: PolicyIdentity;
}

/**
 * The same request has the same verdict, whatever else is judged meanwhile and in which process: where the program or the model cannot promise that, a run cannot be repeated (law 4).
 * Faults: GRADER_TIMEOUT, GRADER_DIED, GRADER_REPLY_INVALID, MODEL_REFUSED, MODEL_CONTEXT_EXCEEDED are the item's: its verdict cannot be known, and nobody may take it for wrong.
 * GRADER_UNAVAILABLE and the environment faults of models end the run, after the patience that the verifier was given. Cancelling the signal rejects with its reason.
 */
export interface Verifier {
  describe(signal?: AbortSignal): Promise<GraderIdentity>;
  verify(request: VerifyRequest, signal?: AbortSignal): Promise<Verdict>;
  close(): Promise<void>;
}

/** Two answers to one question, a right and a wrong one: what a verifier is tried with before a run depends on it. Any verdict on them will do; none at all will not. */
export const trialRequests: readonly VerifyRequest[] = ['4', '5'].map((answer) => ({
  id: `trial/${answer}`, questionId: 'slowthink/trial/1', prompt: { text: 'What is 2 + 2?' }, gold: { kind: 'open', answer: '4' }, text: `Two and two make ${answer}.\n\nThe answer is ${answer}.`, truncated: false,
}));
