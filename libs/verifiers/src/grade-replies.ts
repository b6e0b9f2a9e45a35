// Verdicts on completions that are already there, for whoever counts right / n and for the candidates of an evaluation: one way to judge, whoever asks (law 8).
import { graderOf } from '@slowthink/answers';
import { judgedText, splitSteps, type Stepping, type WrittenReply } from '@slowthink/prompts';
import type { Gold, Prompt, Verdict } from '@slowthink/records';
import type { Verifier } from './verifier.ts';

/** What completions belong to, and how they are read. */
export interface Completed {
  readonly questionId: string;
  readonly prompt: Prompt;
  readonly gold: Gold;
  readonly depth: number; // k of "Step k:", with which they begin
  readonly stepping: Stepping;
}

/**
 * One verdict a reply, in their order, by a verifier or, without one, by the rules. Judged is the very text a Finish with these words is judged by: its steps, without thoughts and without what follows the end of
 * the solution. A completion without text states no answer and is sent to nobody. `id`: of the request, for messages. Faults: those of the verifier; all are asked at once, and it bounds what is in flight.
 */
export async function gradeReplies(id: string, replies: readonly Pick<WrittenReply, 'text' | 'truncated'>[], of: Completed, verifier: Verifier | undefined, signal: AbortSignal): Promise<readonly Verdict[]> {
  if (verifier === undefined) {
    const grade = graderOf(of.gold);
    return replies.map(({ text, truncated }) => grade(answerIn(text, of), { truncated }));
  }
  return Promise.all(replies.map(({ text, truncated }, place) => {
    const answer = answerIn(text, of);
    if (answer === '') return noAnswer(truncated);
    const { questionId, prompt, gold } = of;
    return verifier.verify({ id: `${id} sample ${place}`, questionId, prompt, gold, text: answer, truncated }, signal);
  }));
}

const answerIn = (text: string, { depth, stepping }: Completed): string => judgedText(splitSteps(text, depth, stepping));

const noAnswer = (truncated: boolean): Verdict => ({ status: 'none', why: truncated ? 'truncated' : 'no answer', answer: '', normalised: '', rule: 'none' });
