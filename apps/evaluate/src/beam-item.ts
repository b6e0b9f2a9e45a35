import { statesAnswer } from '@slowthink/answers';
import { beamSearch, type BeamSolution } from '@slowthink/beam-search';
import type { PolicyIdentity, StepScorer } from '@slowthink/models';
import { hashSeed, topics, type CandidatesRecord, type QuestionRecord, type Solution } from '@slowthink/records';
import { callOnce, type Delivery, type Emission } from '@slowthink/stream';
import { map, type Observable } from 'rxjs';
import { askGreedy, candidatesRequestOf, greedySolution, type SampleDeps } from './sample-item.ts';

/** What a search over steps needs beside what sampling needs. */
export interface BeamDeps {
  readonly scorer: StepScorer;
  readonly width: number; // W of beam:W
  readonly reduce: 'min' | 'last'; // what a prefix is worth: its weakest step, or its last
  readonly decode: string; // as --decode says it
  readonly stepsMax: number;
  readonly stepTokensMax: number;
}

/** The N finished chains of a beam search over an item, and its greedy solution. What the scorer cost while it steered stands in the record; the stage `judge` values the finished chains once more, as it does all candidates. */
export function beamItem(deps: SampleDeps, beam: BeamDeps, delivery: Delivery<QuestionRecord>): Observable<Emission> {
  return callOnce((signal) => searched(deps, beam, delivery.value, signal)).pipe(
    map((value): Emission => ({ outputs: [{ topic: topics.candidates, key: value.item.id, value }], settled: [{ delivery, verdict: 'ok' }] })),  // CandidatesRecord -> Emission
  );
}

async function searched(deps: SampleDeps, { scorer, width, reduce, decode, stepsMax, stepTokensMax }: BeamDeps, item: QuestionRecord, signal: AbortSignal): Promise<CandidatesRecord> {
  const { policy, identity: { model, revision }, search: { prompting, stepping, thinking }, sampling, samples, seed } = deps;
  const { id, prompt, gold } = item;
  const request = candidatesRequestOf(item, deps);
  const [{ solutions, usage, scorerUsage }, greedy] = await Promise.all([
    beamSearch({ policy, scorer }, { id: request.id, prompt, prompting, stepping, thinking, width, candidates: samples, reduce, stepsMax, stepTokensMax, sampling, seed: hashSeed(seed, 'candidates', id), ends: (step) => statesAnswer(step, gold) }, signal),
    askGreedy(deps, request, id, signal),
  ]);
  return {
    type: 'candidates', v: 1, item, requestId: request.id, policy: { model, revision } satisfies PolicyIdentity, decode, sampling, samples: solutions.map(solutionOf), ...greedySolution(greedy, request.seed), usage, scorerUsage,
  };
}

const solutionOf = ({ text, truncated, tokens, seed, reasoning }: BeamSolution): Solution => ({ text, ...(reasoning === undefined ? {} : { reasoning }), truncated, tokens, seed });
