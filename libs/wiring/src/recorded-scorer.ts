// The step values of an earlier evaluation as a scorer: other rules and other numbers are computed without a model.
import { FaultError, faultTable, type FaultCode } from '@slowthink/faults';
import type { PolicyIdentity, ScoreReply, ScoreRequest, StepScorer } from '@slowthink/models';
import { questionText, STEP_ZERO } from '@slowthink/prompts';
import { hashId, type Candidate, type VerdictsRecord } from '@slowthink/records';
import { itemsFileOf, readItems } from '@slowthink/results';

/** What was said of one solution: its values and their cost, or the code of the fault that left it without. */
type Said = { readonly values: Float64Array; readonly usage: ScoreReply['usage'] } | string;

/**
 * Values out of the items file of an evaluation, by question and steps, whatever the item was called. Nobody is asked. Identity and cost are those of the scorer which gave the values, so that results say
 * what the values had cost: that of an item is shared evenly over its valued candidates, and the greedy solution, whose cost was not recorded, has none. A solution that was recorded several times has the values of its
 * first one. Memory: 8 bytes a step, a hash and a cost a solution.
 * RESULTS_MISSING, RESULTS_BROKEN (no values in the file, or those of several scorers) at opening; MODEL_REFUSED for a solution that was not recorded, and the code that was recorded for one that could not be scored then.
 */
export async function recordedScorer(path: string): Promise<StepScorer> {
  const file = itemsFileOf(path), said = new Map<string, Said>();
  let identity: PolicyIdentity | undefined;
  for await (const { item, scorer, candidates, greedy, scorerUsage } of readItems(file)) {
    if (scorer === null) continue;
    identity ??= scorer;
    if (identity.model !== scorer.model || identity.revision !== scorer.revision) throw new FaultError('RESULTS_BROKEN', `${file} holds the values of two scorers, ${identity.model}@${identity.revision} and ${scorer.model}@${scorer.revision}.`, { hint: 'Give the results of one evaluation, not of a merge of several.' });
    const question = questionText(item.prompt);
    const shares = sharesOf(scorerUsage, candidates);
    for (const [at, candidate] of candidates.entries()) keep(said, question, candidate, shares[at]!);
    if (greedy !== null) keep(said, question, greedy, nothing);
  }
  if (identity === undefined) throw new FaultError('RESULTS_BROKEN', `${file} holds no step values: that evaluation had no scorer.`, { hint: 'Score its candidates with a scorer: slowthink evaluate --policy recorded:DIR --scorer SCORER.' });
  const { model, revision } = identity;
  return {
    describe: async (signal) => { signal?.throwIfAborted(); return { model, revision }; },
    score: async (request, signal) => {
      signal?.throwIfAborted();
      return replyOf(said, request, file);
    },
    close: async () => {},
  };
}

const keyOf = (question: string, steps: readonly string[]): string => hashId('scored', question, steps);

const nothing: ScoreReply['usage'] = { requests: 0, promptTokens: 0, completionTokens: 0 };

/** Whole numbers that add up to the usage, as even as they can be, the first ones higher; nothing for candidates without values. */
function sharesOf(usage: VerdictsRecord['scorerUsage'], candidates: readonly Candidate[]): readonly ScoreReply['usage'][] {
  const valued = candidates.filter(({ values }) => values !== null).length;
  let before = 0;
  return candidates.map(({ values }) => {
    if (values === null) return nothing;
    const place = before++, part = (total: number): number => Math.floor(total / valued) + (place < total % valued ? 1 : 0);
    return { requests: part(usage.requests), promptTokens: part(usage.promptTokens), completionTokens: part(usage.completionTokens) };
  });
}

function keep(said: Map<string, Said>, question: string, { steps, values, unscored }: Candidate, usage: ScoreReply['usage']): void {
  const key = keyOf(question, steps), before = said.get(key);
  if (values !== null && typeof before !== 'object') said.set(key, { values: Float64Array.from(values), usage });
  else if (before === undefined) said.set(key, unscored ?? 'MODEL_REFUSED');
}

function replyOf(said: ReadonlyMap<string, Said>, { id, question, steps: [first, ...steps] }: ScoreRequest, file: string): ScoreReply {
  if (steps.length === 0) return { values: [], usage: nothing };
  const found = first === STEP_ZERO ? said.get(keyOf(question, steps)) : undefined;
  if (typeof found === 'object') return { values: [...found.values], usage: found.usage };
  if (found !== undefined) throw new FaultError(found in faultTable ? found as FaultCode : 'MODEL_REFUSED', `Request ${id}: the scorer could not value this solution when ${file} was made.`);
  throw new FaultError('MODEL_REFUSED', `Request ${id}: ${file} holds no values of this solution.`, { hint: 'A recorded scorer knows the solutions of its evaluation alone: give --policy recorded: with the same folder, or a scorer that is a model.' });
}
