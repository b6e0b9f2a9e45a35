// Completions and their verdicts, for whoever counts right / n: rollouts of a node, whole solutions of a question.
import { crossPoint } from '@slowthink/faults';
import { asOneRequest, type Policy, type SampleReply, type SampleRequest } from '@slowthink/models';
import { readReply } from '@slowthink/prompts';
import type { CompletionsRecord, Verdict } from '@slowthink/records';
import { gradeReplies, type Completed } from './grade-replies.ts';
import type { Verifier } from './verifier.ts';

export type GradedSample = CompletionsRecord['samples'][number];

export interface GradedReply {
  readonly samples: readonly GradedSample[];
  readonly right: number;
  readonly none: number;
  /** One request, however many the server made of it: a tree must not know (law 4). */
  readonly usage: SampleReply['usage'];
}

/**
 * Samples a request and grades its texts as `gradeReplies` does. One completion without a verdict rejects with its fault: right / n over the others would lean to the answers that
 * are easy to judge. Faults: those of the policy and of the verifier.
 */
export async function sampleAndGrade(policy: Policy, request: SampleRequest, of: Completed, verifier: Verifier | undefined, signal: AbortSignal): Promise<GradedReply> {
  const reply = await policy.sample(request, signal);
  const replies = reply.samples.map(readReply);
  const verdicts = await gradeReplies(request.id, replies, of, verifier, signal);
  crossPoint('completions.judged');
  const samples = reply.samples.map(({ tokens }, place): GradedSample => {
    const { text, truncated, reasoning } = replies[place]!;
    return { text, ...(reasoning === undefined ? {} : { reasoning }), tokens, seed: request.seed + place, truncated, verdict: verdicts[place]! };
  });
  const count = (status: Verdict['status']): number => samples.filter(({ verdict }) => verdict.status === status).length;
  return { samples, right: count('right'), none: count('none'), usage: asOneRequest(reply.usage) };
}
