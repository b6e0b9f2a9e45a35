import type { Policy, PolicyIdentity, SampleRequest } from '@slowthink/models';
import { rolloutPrompt, STEP_ZERO } from '@slowthink/prompts';
import { hashSeed, topics, type HardnessRecord, type QuestionRecord, type SearchSettings, type SolutionsRecord } from '@slowthink/records';
import { refusalOf } from '@slowthink/search';
import { callOnce, failedEmission, faultOutput, placeOf, type Delivery, type Emission } from '@slowthink/stream';
import { sampleAndGrade, type GradedReply, type Verifier } from '@slowthink/verifiers';
import { map, type Observable } from 'rxjs';

export interface ProbeDeps {
  readonly policy: Policy;
  /** Judges answers; undefined: the rules of libs/answers do. */
  readonly verifier?: Verifier | undefined;
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

/** The emission of a question that gets no solution, since the search would refuse it; undefined for any other. */
export function refused({ search, verifier }: Pick<ProbeDeps, 'search' | 'verifier'>, delivery: Delivery<QuestionRecord>): Emission | undefined {
  const { id } = delivery.value;
  const refusal = refusalOf(delivery.value, search, verifier !== undefined);
  if (refusal === undefined) return undefined;
  if (refusal.verdict === 'failed') return failedEmission('probe', delivery, refusal.fault);
  return { outputs: [faultOutput(refusal.fault, { stage: 'probe', place: placeOf(delivery), key: id, questionId: id })], settled: [{ delivery, verdict: 'dropped' }] };
}

/** Samples and grades k solutions of a question. */
export function probeQuestion(deps: ProbeDeps, delivery: Delivery<QuestionRecord>): Observable<Emission> {
  const { id, prompt, gold } = delivery.value;
  const request = probeRequestOf(delivery.value, deps);
  return callOnce((signal) => sampleAndGrade(deps.policy, request, { questionId: id, prompt, gold, depth: 1, stepping: deps.search.stepping }, deps.verifier, signal)).pipe(
    map((reply) => probed(deps, delivery, request, reply)),                // GradedReply -> Emission
  );
}

function probed({ identity: { model, revision } }: ProbeDeps, delivery: Delivery<QuestionRecord>, { id, seed }: SampleRequest, { samples, right, none, usage }: GradedReply): Emission {
  const question = delivery.value;
  const hardness: HardnessRecord = { type: 'hardness', v: 1, question, right, n: samples.length, none, seed, policy: { model, revision }, requestId: id, usage };
  const solutions: SolutionsRecord = { type: 'solutions', v: 1, questionId: question.id, requestId: id, samples };
  return { outputs: [{ topic: topics.hardness, key: question.id, value: hardness }, { topic: topics.solutions, key: question.id, value: solutions }], settled: [{ delivery, verdict: 'ok' }] };
}
