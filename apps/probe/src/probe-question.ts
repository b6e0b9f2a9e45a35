import { canGrade, grade } from '@slowthink/answers';
import { FaultError } from '@slowthink/faults';
import type { Policy, PolicyIdentity, SampleReply, SampleRequest } from '@slowthink/models';
import { STEP_SEPARATOR, STEP_ZERO, questionText, readReply, rolloutPrompt, splitSteps } from '@slowthink/prompts';
import { hashSeed, topics, type HardnessRecord, type QuestionRecord, type SearchSettings, type SolutionsRecord } from '@slowthink/records';
import { callOnce, faultOutput, placeOf, type Delivery, type Emission } from '@slowthink/stream';
import { defer, map, type Observable } from 'rxjs';

export interface ProbeDeps {
  readonly policy: Policy;
  readonly identity: PolicyIdentity;
  /** How the first round prompts and samples: its prompting, stepping and block `rollout`. */
  readonly search: Pick<SearchSettings, 'prompting' | 'stepping' | 'rollout' | 'questionTokensMax'>;
  readonly samples: number; // k, 1..
  readonly seed: number; // of the run
}

/** The request for k solutions: sample i has seed + i, and the seed follows from run seed and question alone, so that no question depends on another. */
export function probeRequestOf(question: QuestionRecord, { search, samples, seed }: Pick<ProbeDeps, 'search' | 'samples' | 'seed'>): SampleRequest {
  const { messages, prefix, stop } = rolloutPrompt({ prompt: question.prompt, steps: [STEP_ZERO], prompting: search.prompting, stepping: search.stepping });
  return { id: `${question.id}/probe`, messages, prefix, stop, n: samples, seed: hashSeed(seed, 'probe', question.id), sampling: search.rollout };
}

/** The emission that drops a question which no grader judges, QUESTION_NO_GRADER; undefined for any other. */
export function droppedWithout(delivery: Delivery<QuestionRecord>): Emission | undefined {
  const { id, gold } = delivery.value;
  if (canGrade(gold)) return undefined;
  const fault = new FaultError('QUESTION_NO_GRADER', `${id} wants an answer of kind ${gold.kind}.`);
  return { outputs: [faultOutput(fault, { stage: 'probe', place: placeOf(delivery), key: id, questionId: id })], settled: [{ delivery, verdict: 'dropped' }] };
}

/** Samples and grades k solutions of a question. QUESTION_TOO_LONG, as the search has it: what it would refuse is no seed of it. */
export function probeQuestion(deps: ProbeDeps, delivery: Delivery<QuestionRecord>): Observable<Emission> {
  return defer(() => {
    const { id, prompt } = delivery.value;
    const tokens = Math.ceil(Buffer.byteLength(questionText(prompt)) / 4);
    if (tokens > deps.search.questionTokensMax) throw new FaultError('QUESTION_TOO_LONG', `${id} has about ${tokens} tokens; at most ${deps.search.questionTokensMax} are allowed.`);
    const request = probeRequestOf(delivery.value, deps);
    return callOnce((signal) => deps.policy.sample(request, signal)).pipe(
      map((reply) => probed(deps, delivery, request, reply)),              // SampleReply -> Emission
    );
  });
}

function probed({ identity, search }: ProbeDeps, delivery: Delivery<QuestionRecord>, request: SampleRequest, reply: SampleReply): Emission {
  const question = delivery.value;
  const samples = reply.samples.map((sample, index) => {
    const { text, truncated, reasoning } = readReply(sample);
    const said = splitSteps(text, 1, search.stepping).join(STEP_SEPARATOR); // the very text a rollout with these words is judged by
    return { text, ...(reasoning === undefined ? {} : { reasoning }), tokens: sample.tokens, seed: request.seed + index, truncated, verdict: grade(said, question.gold, { truncated }) };
  });
  const count = (status: string): number => samples.filter(({ verdict }) => verdict.status === status).length;
  const usage = { ...reply.usage, requests: 1 }; // however many the server made of it
  const hardness: HardnessRecord = { type: 'hardness', v: 1, question, right: count('right'), n: samples.length, none: count('none'), seed: request.seed, policy: { model: identity.model, revision: identity.revision }, requestId: request.id, usage };
  const solutions: SolutionsRecord = { type: 'solutions', v: 1, questionId: question.id, requestId: request.id, samples };
  return { outputs: [{ topic: topics.hardness, key: question.id, value: hardness }, { topic: topics.solutions, key: question.id, value: solutions }], settled: [{ delivery, verdict: 'ok' }] };
}
