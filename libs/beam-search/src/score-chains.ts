import type { ScoreReply, StepScorer } from '@slowthink/models';
import { questionText, STEP_ZERO } from '@slowthink/prompts';
import type { Prompt } from '@slowthink/records';

interface Chain { readonly steps: readonly string[]; readonly path: readonly number[] }

/** Gives chains their values; chains of the same words are asked for once. What was asked is pushed to `replies`. Faults: those of the scorer. */
export function chainScorer(scorer: StepScorer, { id, prompt }: { readonly id: string; readonly prompt: Prompt }, replies: ScoreReply[], signal: AbortSignal): <Some extends Chain>(chains: readonly Some[]) => Promise<readonly (Some & { readonly values: readonly number[] })[]> {
  const question = questionText(prompt);
  const asked = new Map<string, Promise<ScoreReply>>();
  const score = ({ steps, path }: Chain): Promise<ScoreReply> => {
    const words = JSON.stringify(steps);
    const known = asked.get(words);
    if (known !== undefined) return known;
    const reply = scorer.score({ id: `${id}/beam/${path.join('.')}/score`, question, steps: [STEP_ZERO, ...steps] }, signal).then((scored) => { replies.push(scored); return scored; });
    asked.set(words, reply);
    return reply;
  };
  return (chains) => Promise.all(chains.map(async (chain) => ({ ...chain, values: (await score(chain)).values })));
}
