// The step values of an earlier evaluation as a scorer: other rules and other numbers are computed without a model.
import { FaultError, faultTable, type FaultCode } from '@slowthink/faults';
import type { PolicyIdentity, ScoreRequest, StepScorer } from '@slowthink/models';
import { questionText, STEP_ZERO } from '@slowthink/prompts';
import { hashId, type Candidate } from '@slowthink/records';
import { itemsFileOf, readItems } from '@slowthink/results';

/** What was said of one solution: its values, or the code of the fault that left it without. */
type Said = Float64Array | string;

/**
 * Values out of the items file of an evaluation, by question and steps, whatever the item was called. Nothing is asked, so nothing is spent. Its identity is that of the scorer which gave the values. A solution that was
 * recorded several times has the values of its first one. Memory: 8 bytes a step and a hash a solution.
 * RESULTS_MISSING, RESULTS_BROKEN (no values in the file, or those of several scorers) at opening; MODEL_REFUSED for a solution that was not recorded, and the code that was recorded for one that could not be scored then.
 */
export async function recordedScorer(path: string): Promise<StepScorer> {
  const file = itemsFileOf(path), said = new Map<string, Said>();
  let identity: PolicyIdentity | undefined;
  for await (const { item, scorer, candidates, greedy } of readItems(file)) {
    if (scorer === null) continue;
    identity ??= scorer;
    if (identity.model !== scorer.model || identity.revision !== scorer.revision) throw new FaultError('RESULTS_BROKEN', `${file} holds the values of two scorers, ${identity.model}@${identity.revision} and ${scorer.model}@${scorer.revision}.`, { hint: 'Give the results of one evaluation, not of a merge of several.' });
    const question = questionText(item.prompt);
    for (const candidate of greedy === null ? candidates : [...candidates, greedy]) keep(said, question, candidate);
  }
  if (identity === undefined) throw new FaultError('RESULTS_BROKEN', `${file} holds no step values: that evaluation had no scorer.`, { hint: 'Score its candidates with a scorer: slowthink evaluate --policy recorded:DIR --scorer SCORER.' });
  const { model, revision } = identity;
  return {
    describe: async (signal) => { signal?.throwIfAborted(); return { model, revision }; },
    score: async (request, signal) => {
      signal?.throwIfAborted();
      return { values: valuesOf(said, request, file), usage: { requests: 0, promptTokens: 0, completionTokens: 0 } };
    },
    close: async () => {},
  };
}

const keyOf = (question: string, steps: readonly string[]): string => hashId('scored', question, steps);

function keep(said: Map<string, Said>, question: string, { steps, values, unscored }: Candidate): void {
  const key = keyOf(question, steps);
  if (values !== null) { if (!(said.get(key) instanceof Float64Array)) said.set(key, Float64Array.from(values)); } else if (!said.has(key)) said.set(key, unscored ?? 'MODEL_REFUSED');
}

function valuesOf(said: ReadonlyMap<string, Said>, { id, question, steps: [first, ...steps] }: ScoreRequest, file: string): readonly number[] {
  if (steps.length === 0) return [];
  const found = first === STEP_ZERO ? said.get(keyOf(question, steps)) : undefined;
  if (found instanceof Float64Array) return [...found];
  if (found !== undefined) throw new FaultError(found in faultTable ? found as FaultCode : 'MODEL_REFUSED', `Request ${id}: the scorer could not value this solution when ${file} was made.`);
  throw new FaultError('MODEL_REFUSED', `Request ${id}: ${file} holds no values of this solution.`, { hint: 'A recorded scorer knows the solutions of its evaluation alone: give --policy recorded: with the same folder, or a scorer that is a model.' });
}
