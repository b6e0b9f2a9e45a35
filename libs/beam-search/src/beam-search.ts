// Step-level beam search guided by a step scorer: the online search that libs/search is not, with no gold and no simulations. After Snell et al. (arXiv 2408.03314, section 5.2), with N samples a round and W prefixes kept.
//   round k:  the live prefixes share N - F samples of Step k   (F: chains finished so far)
//             every distinct new chain is scored; one that states an answer is finished and kept, whatever its score; of the others the W best go on
//   last:     what still lives shares N - F free continuations to the end
// Prefixes share by how often each was sampled, so that the votes of the finished chains still follow the policy among the prefixes that were kept. Shared evenly, a slip that the policy makes once in sixteen would end with as many
// votes as what it nearly always writes (measured with the seed models, 90 questions, beam:4: P-VS 71.1 % so, 93.3 % by weight). With W at the number of distinct prefixes nothing is cut off, and the search samples as whole solutions are sampled.
// So a round costs N samples of one step, as N whole solutions cost N samples of every step: N candidates of a beam search generate about as many tokens as N of best-of-N, and `usage` says how many they were.
import { reducers, type ReducerName } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';
import type { Policy, SampleReply, ScoreReply, StepScorer } from '@slowthink/models';
import { finishPrompt, reasonPrompt, STEP_ZERO, type PromptInput, type Stepping } from '@slowthink/prompts';
import { hashSeed, type Prompt, type Sampling } from '@slowthink/records';
import { solutionText, stepsIn } from './chain-text.ts';
import { chainScorer } from './score-chains.ts';
import { shares } from './shares.ts';
import { policyUsageOf, scorerUsageOf, type PolicyUsage, type ScorerUsage } from './usage.ts';

export interface BeamModels { readonly policy: Policy; readonly scorer: StepScorer }

export interface BeamSearchRequest {
  /** Begins the ids of all requests: what the search is for. */
  readonly id: string;
  readonly prompt: Prompt;
  readonly prompting: PromptInput['prompting'];
  readonly stepping: Stepping;
  /** The policy thinks before it writes: it is given no stop strings, and of what it writes the first step counts. Default false. */
  readonly thinking?: boolean | undefined;
  /** W: prefixes that are kept after a step, 1..candidates. */
  readonly width: number;
  /** N: finished chains that are wanted, and samples of a round at most. */
  readonly candidates: number;
  /** How the values of a prefix become the score by which it is kept: min, or last. */
  readonly reduce: ReducerName;
  /** Steps behind Step 0, after which what lives is finished by force; 1.. */
  readonly stepsMax: number;
  /** Tokens of one step at most; those of a chain are `sampling.maxTokens`. */
  readonly stepTokensMax: number;
  readonly sampling: Sampling;
  readonly seed: number;
  /** Whether a step ends its chain: it states an answer (`statesAnswer` of libs/answers). It must not look at which answer is right. */
  readonly ends: (step: string) => boolean;
  /** Told after each round, for whoever waits. */
  readonly onRound?: (round: BeamRound) => void;
}

export interface BeamRound { readonly round: number; readonly live: number; readonly finished: number }

/** A finished chain. */
export interface BeamSolution {
  /** Step 1 first, normalised. */
  readonly steps: readonly string[];
  /** One continuation behind Step 0 and the open mark of Step 1, which splits into the same steps. */
  readonly text: string;
  /** One a step, of the scorer, 0..1. */
  readonly values: readonly number[];
  /** It ended at its token limit; whether it states an answer is for the grader to say. */
  readonly truncated: boolean;
  /** Generated on its own path; what chains share is in each of them, and in `usage` once. */
  readonly tokens: number;
  /** Of the sample that finished it. */
  readonly seed: number;
  /** What a thinking policy thought on its path. */
  readonly reasoning?: string;
}

export interface Beams {
  /** In the order in which they were finished, those of a round by prefix and sample. N of them; fewer where samples held no text. */
  readonly solutions: readonly BeamSolution[];
  readonly usage: PolicyUsage;
  readonly scorerUsage: ScorerUsage;
}

/** A chain that is not finished. `path`: the samples that led here, one a round: what its requests are for. */
interface Beam extends Omit<BeamSolution, 'text' | 'truncated'> {
  readonly path: readonly number[];
  /** How often its words were sampled in the round that made it. */
  readonly weight: number;
}
/** What a sample made of a prefix, before it is scored. */
interface Grown extends Omit<Beam, 'values' | 'weight'> { readonly truncated: boolean; readonly finished: boolean }

/**
 * N finished chains with the values of their steps. Every request has an id and a seed from the samples that led to it, so the chains depend on seed and request alone: not on timing, nor on what else is asked. Requests of a round run
 * side by side, N at most. Cancelling rejects with the signal's reason. Any request that fails cancels the others and rejects with its fault: a search without one of its values would be another search. MODEL_EMPTY_STEP:
 * no chain was finished, since no sample held text.
 */
export async function beamSearch({ policy, scorer }: BeamModels, request: BeamSearchRequest, signal?: AbortSignal): Promise<Beams> {
  const { candidates, width, reduce, stepsMax } = request;
  const failed = new AbortController();
  const either = AbortSignal.any([failed.signal, ...(signal === undefined ? [] : [signal])]);
  const replies: SampleReply[] = [];
  const scored: ScoreReply[] = [];
  const scoreChains = chainScorer(scorer, request, scored, either);
  const finished: BeamSolution[] = [];
  let live: readonly Beam[] = [{ steps: [], values: [], tokens: 0, seed: 0, path: [], weight: 1 }];
  try {
    for (let round = 1; live.length > 0 && finished.length < candidates; round++) {
      const last = round > stepsMax;
      const wanted = shares(candidates - finished.length, live.map(({ weight }) => weight));
      const grown = (await Promise.all(live.map((beam, rank) => (wanted[rank]! > 0 ? grow(policy, request, beam, wanted[rank]!, last, replies, either) : [])))).flat();
      const valued = await scoreChains(grown);
      for (const { path: _path, finished: ended, ...chain } of valued) if (ended) finished.push({ ...chain, text: solutionText(chain.steps, request.stepping) });
      live = best(valued.filter((chain) => !chain.finished), width, reduce);
      request.onRound?.({ round, live: last ? 0 : live.length, finished: finished.length });
      if (last) break;
    }
  } catch (error) {
    failed.abort(error);
    throw error;
  }
  if (finished.length === 0) throw new FaultError('MODEL_EMPTY_STEP', `The model wrote no text in any sample of ${request.id}.`);
  return { solutions: finished, usage: policyUsageOf(replies), scorerUsage: scorerUsageOf(scored) };
}

/** n samples behind a prefix: one step each, or the whole rest. A sample without text grows nothing. */
async function grow(policy: Policy, request: BeamSearchRequest, beam: Beam, n: number, last: boolean, replies: SampleReply[], signal: AbortSignal): Promise<readonly Grown[]> {
  const { id, prompt, prompting, stepping, thinking, stepTokensMax, sampling, ends } = request;
  const { messages, prefix, stop } = (last ? finishPrompt : reasonPrompt)({ prompt, prompting, stepping, thinking, steps: [STEP_ZERO, ...beam.steps] });
  const left = sampling.maxTokens - beam.tokens;
  const place = [last ? 'finish' : 'step', ...beam.path].join('.');
  const seed = hashSeed(request.seed, 'beam', place);
  const reply = await policy.sample({ id: `${id}/beam/${place}`, messages, prefix, stop, n, seed, sampling: { ...sampling, maxTokens: last ? left : Math.min(stepTokensMax, left) } }, signal);
  replies.push(reply);
  return reply.samples.flatMap((sample, index): readonly Grown[] => {
    const { steps, truncated, reasoning } = stepsIn(sample, beam.steps.length + 1, stepping, last);
    if (steps.length === 0) return [];
    const tokens = beam.tokens + sample.tokens;
    const ended = last || (!truncated && ends(steps.at(-1)!)); // a step that was cut off at its own limit goes on as the next one
    const spent = !ended && tokens >= sampling.maxTokens;
    const thoughts = [beam.reasoning, reasoning].filter((thought) => thought !== undefined).join('\n\n');
    return [{
      steps: [...beam.steps, ...steps], tokens, seed: seed + index, path: [...beam.path, index], truncated: spent || (last && truncated), finished: ended || spent,
      ...(thoughts === '' ? {} : { reasoning: thoughts }),
    }];
  });
}

/** The best of distinct chains, best first; of equal scores the earlier one. The same words twice are one prefix of twice the weight: a second would take the place of another idea. */
function best(chains: readonly Omit<Beam, 'weight'>[], width: number, reduce: ReducerName): readonly Beam[] {
  const distinct = Map.groupBy(chains, ({ steps }) => JSON.stringify(steps)); // in the order of their first
  const scored = [...distinct.values()].map((same) => ({ beam: { ...same[0]!, weight: same.length }, score: reducers[reduce](same[0]!.values) }));
  return scored.toSorted((a, b) => b.score - a.score).slice(0, width).map(({ beam }) => beam);
}
