// Completions that a program or a chat model judges get their verdicts here, before right / n is counted.
import type { SampleReply } from '@slowthink/models';
import { readReply, splitSteps, STEP_SEPARATOR } from '@slowthink/prompts';
import type { Verdict } from '@slowthink/records';
import type { Verifier } from '@slowthink/verifiers';
import type { Simulated } from './sample-node.ts';

export interface JudgedReply {
  readonly reply: SampleReply;
  /** One a sample; undefined: the rules judge. */
  readonly verdicts?: readonly Verdict[];
}

/** The text of a completion that is judged: the very text a Finish with these words is judged by. */
export const judgedText = (text: string, node: Simulated): string => splitSteps(text, node.steps.length, node.stepping).join(STEP_SEPARATOR);

const noText: Verdict = { status: 'none', why: 'no answer', answer: '', normalised: '', rule: 'none' };

/**
 * Judges every completion, all at once; the verifier bounds what is in flight. A completion without text states no answer and is not sent. One completion without a verdict fails the node: right / n over the
 * others would lean to the answers that are easy to judge.
 */
export async function judgeCompletions(verifier: Verifier, node: Simulated, requestId: string, reply: SampleReply, signal: AbortSignal): Promise<JudgedReply> {
  const verdicts = await Promise.all(reply.samples.map((sample, place) => {
    const { text, truncated } = readReply(sample);
    const answer = judgedText(text, node);
    if (answer === '') return truncated ? { ...noText, why: 'truncated' as const } : noText;
    return verifier.verify({ id: `${requestId} sample ${place}`, questionId: node.questionId, prompt: node.prompt, gold: node.gold, text: answer, truncated }, signal);
  }));
  return { reply, verdicts };
}
