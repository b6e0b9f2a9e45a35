// Between the policy's reply and the events of the tree: answers that a program or a chat model judges get their verdicts here. The rules judge as events are made and need none of this.
import { FaultError } from '@slowthink/faults';
import type { SampleReply } from '@slowthink/models';
import { readReply } from '@slowthink/prompts';
import type { Verdict } from '@slowthink/records';
import { answersToJudge, type StepSample } from '@slowthink/search';
import type { Verifier } from '@slowthink/verifiers';
import type { Answer } from './ask-policy.ts';
import type { Ask } from './open-trees.ts';

/** The verdict on the answer of one sample, or the record fault for which there is none. */
export interface Judged {
  readonly verdict?: Verdict;
  readonly fault?: FaultError;
}

/** The samples of a reply as the search takes them, with what a verifier said of them. */
export const stepSamples = ({ samples }: SampleReply, judged?: readonly (Judged | undefined)[]): readonly StepSample[] => samples.map((sample, place) => {
  const { verdict, fault } = judged?.[place] ?? {};
  return { ...readReply(sample), ...(verdict === undefined ? {} : { verdict }), ...(fault === undefined ? {} : { fault: { code: fault.code, message: fault.message } }) };
});

/** Judges every sample that states an answer, all at once; the verifier bounds what is in flight. A record fault is that sample's alone; an environment fault rejects. */
export async function judgeAnswers(verifier: Verifier, ask: Ask, reply: SampleReply, signal: AbortSignal): Promise<Answer> {
  const { opened, request } = ask;
  const answers = answersToJudge({ treeId: opened.treeId, opened }, request, stepSamples(reply));
  const judged = await Promise.all(answers.map(async (answer, place): Promise<Judged | undefined> => {
    if (answer === undefined) return undefined;
    try {
      return { verdict: await verifier.verify({ id: `${request.id} sample ${place}`, questionId: opened.questionId, prompt: opened.prompt, gold: opened.gold, ...answer }, signal) };
    } catch (error) {
      if (error instanceof FaultError && error.blame === 'record') return { fault: error };
      throw error;
    }
  }));
  return { ask, reply, judged };
}
