import type { Policy, PolicyIdentity, SampleReply, SampleRequest } from '@slowthink/models';
import { readReply, rolloutPrompt, STEP_ZERO } from '@slowthink/prompts';
import { hashSeed, topics, type CandidatesRecord, type DecodingUsage, type QuestionRecord, type Sampling, type SearchSettings, type Solution } from '@slowthink/records';
import { refusalOf } from '@slowthink/search';
import { callOnce, failedEmission, faultOutput, placeOf, type Delivery, type Emission } from '@slowthink/stream';
import { map, type Observable } from 'rxjs';

export interface SampleDeps {
  readonly policy: Policy;
  readonly identity: PolicyIdentity;
  /** How every policy is asked: the same words and the same format for all. */
  readonly search: Pick<SearchSettings, 'prompting' | 'stepping' | 'thinking' | 'questionTokensMax'>;
  readonly sampling: Sampling;
  readonly samples: number; // N
  /** One more solution at temperature 0. */
  readonly greedy: boolean;
  readonly seed: number; // of the run
  /** A program or a chat model judges, so that answers of every kind can be judged. */
  readonly judged: boolean;
}

/** The request for the N candidates of an item: candidate i has seed + i, and the seed follows from run seed and item alone, so that no item depends on another. */
export function candidatesRequestOf({ id, prompt }: QuestionRecord, { search, sampling, samples, seed }: Pick<SampleDeps, 'search' | 'sampling' | 'samples' | 'seed'>): SampleRequest {
  const { messages, prefix, stop } = rolloutPrompt({ prompt, steps: [STEP_ZERO], prompting: search.prompting, stepping: search.stepping });
  return { id: `${id}/candidates`, messages, prefix, stop, n: samples, seed: hashSeed(seed, 'candidates', id), sampling };
}

/** The request for the greedy solution: the same words at temperature 0, where top-p, top-k and min-p change nothing. */
export const greedyRequestOf = ({ sampling, ...request }: SampleRequest, id: string): SampleRequest => ({ ...request, id: `${id}/greedy`, n: 1, sampling: { ...sampling, temperature: 0, topP: 1, topK: 0, minP: 0 } });

/** The emission of an item that gets no candidates, since nobody could judge them or it is too long; undefined for any other. */
export function refused({ search, judged }: Pick<SampleDeps, 'search' | 'judged'>, delivery: Delivery<QuestionRecord>): Emission | undefined {
  const { id } = delivery.value;
  const refusal = refusalOf(delivery.value, search, judged);
  if (refusal === undefined) return undefined;
  if (refusal.verdict === 'failed') return failedEmission('sample', delivery, refusal.fault);
  return { outputs: [faultOutput(refusal.fault, { stage: 'sample', place: placeOf(delivery), key: id, questionId: id })], settled: [{ delivery, verdict: 'dropped' }] };
}

/** The greedy solution of an item; undefined where none is wanted. */
export const askGreedy = ({ policy, greedy }: Pick<SampleDeps, 'policy' | 'greedy'>, request: SampleRequest, id: string, signal: AbortSignal): Promise<SampleReply | undefined> => (greedy ? policy.sample(greedyRequestOf(request, id), signal) : Promise.resolve(undefined));

/** Asks for the candidates of an item, and for its greedy solution at the same time. */
export function sampleItem(deps: SampleDeps, delivery: Delivery<QuestionRecord>): Observable<Emission> {
  const { id } = delivery.value;
  const request = candidatesRequestOf(delivery.value, deps);
  const ask = async (signal: AbortSignal): Promise<readonly [SampleReply, SampleReply | undefined]> =>
    Promise.all([deps.policy.sample(request, signal), askGreedy(deps, request, id, signal)]);
  return callOnce(ask).pipe(
    map(([candidates, greedy]) => sampled(deps, delivery, request, candidates, greedy)),  // SampleReply x 2 -> Emission
  );
}

function sampled({ identity: { model, revision } }: SampleDeps, delivery: Delivery<QuestionRecord>, { id, seed, sampling }: SampleRequest, candidates: SampleReply, greedy: SampleReply | undefined): Emission {
  const item = delivery.value;
  const record: CandidatesRecord = {
    type: 'candidates', v: 1, item, requestId: id, policy: { model, revision }, decode: 'sample', sampling, samples: candidates.samples.map((sample, place) => solutionOf(sample, seed + place)),
    ...greedySolution(greedy, seed), usage: usageOf(candidates),
  };
  return { outputs: [{ topic: topics.candidates, key: item.id, value: record }], settled: [{ delivery, verdict: 'ok' }] };
}

/** The fields of a record that the greedy solution fills. */
export const greedySolution = (greedy: SampleReply | undefined, seed: number): Pick<CandidatesRecord, 'greedy' | 'greedyUsage'> =>
  (greedy === undefined ? { greedy: null } : { greedy: solutionOf(greedy.samples[0]!, seed), greedyUsage: usageOf(greedy) });

function solutionOf(sample: SampleReply['samples'][number], seed: number): Solution {
  const { text, truncated, reasoning } = readReply(sample);
  return { text, ...(reasoning === undefined ? {} : { reasoning }), truncated, tokens: sample.tokens, seed };
}

/** The prompt counted once, however many requests the server's limits made of it; what a prefix cache held is kept as the server said it. */
function usageOf({ usage: { requests, samples, promptTokens, completionTokens, cachedTokens } }: SampleReply): DecodingUsage {
  const once = (tokens: number): number => Math.round(tokens / Math.max(1, requests));
  return { requests: 1, samples, promptTokens: once(promptTokens), completionTokens, ...(cachedTokens === undefined ? {} : { cachedTokens: once(cachedTokens) }) };
}
