// Completions and their verdicts, for whoever counts right / n: rollouts of a node, whole solutions of a question.
import { graderOf } from '@slowthink/answers';
import { crossPoint } from '@slowthink/faults';
import { asOneRequest, type Policy, type SampleReply, type SampleRequest } from '@slowthink/models';
import { judgedText, readReply, splitSteps, type Stepping, type WrittenReply } from '@slowthink/prompts';
import type { CompletionsRecord, Gold, Prompt, Verdict } from '@slowthink/records';
import type { Verifier } from './verifier.ts';

/** What completions belong to, and how they are read. */
export interface Completed {
  readonly questionId: string;
  readonly prompt: Prompt;
  readonly gold: Gold;
  readonly depth: number; // k of "Step k:", with which they begin
  readonly stepping: Stepping;
}

export type GradedSample = CompletionsRecord['samples'][number];

export interface GradedReply {
  readonly samples: readonly GradedSample[];
  readonly right: number;
  readonly none: number;
  /** One request, however many the server made of it: a tree must not know (law 4). */
  readonly usage: SampleReply['usage'];
}

/**
 * Samples a request and grades its texts, by a verifier or, without one, by the rules. Judged is the very text a Finish with these words is judged by: its steps, without thoughts and without what follows
 * the end of the solution. A completion without text states no answer and is sent to nobody. One completion without a verdict rejects with its fault: right / n over the others would lean to the answers that
 * are easy to judge. Faults: those of the policy and of the verifier.
 */
export async function sampleAndGrade(policy: Policy, request: SampleRequest, of: Completed, verifier: Verifier | undefined, signal: AbortSignal): Promise<GradedReply> {
  const reply = await policy.sample(request, signal);
  const replies = reply.samples.map(readReply);
  const verdicts = verifier === undefined ? byRules(replies, of) : await judged(verifier, request, of, replies, signal);
  crossPoint('completions.judged');
  const samples = reply.samples.map(({ tokens }, place): GradedSample => {
    const { text, truncated, reasoning } = replies[place]!;
    return { text, ...(reasoning === undefined ? {} : { reasoning }), tokens, seed: request.seed + place, truncated, verdict: verdicts[place]! };
  });
  const count = (status: Verdict['status']): number => samples.filter(({ verdict }) => verdict.status === status).length;
  return { samples, right: count('right'), none: count('none'), usage: asOneRequest(reply.usage) };
}

function byRules(replies: readonly WrittenReply[], of: Completed): readonly Verdict[] {
  const grade = graderOf(of.gold);
  return replies.map(({ text, truncated }) => grade(answerIn(text, of), { truncated }));
}

/** All at once; the verifier bounds what is in flight. */
const judged = (verifier: Verifier, request: SampleRequest, of: Completed, replies: readonly WrittenReply[], signal: AbortSignal): Promise<readonly Verdict[]> =>
  Promise.all(replies.map(({ text, truncated }, place) => {
    const answer = answerIn(text, of);
    if (answer === '') return noAnswer(truncated);
    const { questionId, prompt, gold } = of;
    return verifier.verify({ id: `${request.id} sample ${place}`, questionId, prompt, gold, text: answer, truncated }, signal);
  }));

const answerIn = (text: string, { depth, stepping }: Completed): string => judgedText(splitSteps(text, depth, stepping));

const noAnswer = (truncated: boolean): Verdict => ({ status: 'none', why: truncated ? 'truncated' : 'no answer', answer: '', normalised: '', rule: 'none' });
