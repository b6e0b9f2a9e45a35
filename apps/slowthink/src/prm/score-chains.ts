import type { AnnotatedChain } from '@slowthink/corpus';
import { FaultError } from '@slowthink/faults';
import type { ScoreReply, ScoreRequest, StepScorer } from '@slowthink/models';
import { normaliseStep, questionText, STEP_ZERO } from '@slowthink/prompts';
import { hashId } from '@slowthink/records';
import type { ValuesFile } from './values-file.ts';

export type JudgedChain = Exclude<AnnotatedChain, { kind: 'bad' }>;

export interface ScoredChains {
  /** In the order of the chains; null: the scorer could not value it. */
  readonly values: readonly (readonly number[] | null)[];
  /** Of all values, those from the file too. */
  readonly usage: ScoreReply['usage'];
  readonly fromFile: number;
  /** Why chains have no values, in their order. */
  readonly unscored: readonly { readonly chain: JudgedChain; readonly fault: FaultError }[];
}

export interface ScoringOptions {
  readonly scorer: StepScorer;
  readonly inFlightMax: number;
  readonly file: ValuesFile | undefined;
  /** Hears of each chain that is done. */
  readonly onDone: (done: number) => void;
}

/**
 * The question as a policy would see it and the steps as a tree would hold them, the fixed Step 0 first: what every scorer is asked. A step of which nothing is left stays as it is, so that steps and labels keep their
 * numbers; where the scorer cannot place it, it refuses the chain.
 */
export const requestOf = ({ id, question, steps }: JudgedChain): ScoreRequest => ({ id, question: questionText({ text: question }), steps: [STEP_ZERO, ...steps.map((step) => normaliseStep(step) || step.trim())] });

/** Values every chain, at most `inFlightMax` at once. A fault of the chain leaves it without values; one of the environment rejects, and what was had until then is in the file. */
export async function scoreChains(chains: readonly JudgedChain[], { scorer, inFlightMax, file, onDone }: ScoringOptions): Promise<ScoredChains> {
  const values: (readonly number[] | null)[] = chains.map(() => null), unscored: { readonly at: number; readonly chain: JudgedChain; readonly fault: FaultError }[] = [];
  const usage = { requests: 0, promptTokens: 0, completionTokens: 0 }, stop = new AbortController();
  let next = 0, done = 0, fromFile = 0;
  const score = async (at: number): Promise<void> => {
    const chain = chains[at]!, request = requestOf(chain), key = hashId('valued', request.question, request.steps);
    const kept = file?.known.get(key);
    try {
      const reply = kept ?? await scorer.score(request, stop.signal);
      if (kept === undefined) file?.add(key, reply); else fromFile += 1;
      values[at] = reply.values;
      usage.requests += reply.usage.requests; usage.promptTokens += reply.usage.promptTokens; usage.completionTokens += reply.usage.completionTokens;
    } catch (error) {
      if (!(error instanceof FaultError) || error.blame !== 'record') throw error;
      unscored.push({ at, chain, fault: error });
    }
    onDone(++done);
  };
  const worker = async (): Promise<void> => { while (next < chains.length && !stop.signal.aborted) await score(next++); };
  const workers = Array.from({ length: Math.min(inFlightMax, chains.length) }, () => worker().catch((error: unknown) => { stop.abort(error); throw error; }));
  try { await Promise.all(workers); } finally { await Promise.allSettled(workers); }
  return { values, usage, fromFile, unscored: unscored.sort((a, b) => a.at - b.at) };
}
