import { FaultError } from '@slowthink/faults';
import { ofScorer, type Policy, type PolicyIdentity, type ScoreReply, type ScoreRequest, type StepScorer } from '@slowthink/models';
import { parseStepVerdicts, stepJudgePrompt } from '@slowthink/prompts';
import { hashId, hashSeed } from '@slowthink/records';
import type { JudgeVotes } from './judge-verifier.ts';

export interface StepJudgeOptions extends JudgeVotes {
  /** The chat model, composed as models are. It sees no reference answer, so it may be the policy itself. */
  readonly policy: Policy;
  readonly identity: PolicyIdentity;
  /** Replies asked for until a vote can be read. Default 3. */
  readonly repliesMax?: number;
}

/** What an identity leaves out: a step judge writes a line a step, and some think before. */
export const usualStepVotes: JudgeVotes = { samples: 1, tokensMax: 2048 };

/** "judge:MODEL", and behind the revision " x3" for three votes and " 512 tokens" for votes of another length than usual: other votes are another scorer. */
export const identityOfStepJudge = ({ model, revision }: PolicyIdentity, { samples, tokensMax }: JudgeVotes): PolicyIdentity => ({
  model: `judge:${model}`, revision: `${revision}${samples === usualStepVotes.samples ? '' : ` x${samples}`}${tokensMax === usualStepVotes.tokensMax ? '' : ` ${tokensMax} tokens`}`,
});

/**
 * A chat model as a step scorer: one request a solution asks for a verdict a step, and the value of a step is the share of votes that call it right (1 or 0 with one vote). Step 0 is fixed and is not shown. The only
 * vote is drawn at temperature 0; several votes, and further tries after an unreadable reply, at 0.7. Seeds follow from question and steps. A judge reads the whole solution before it says anything, so a step that is
 * added behind may change what it says of an earlier one; a model that reads forward alone does not.
 * GRADER_REPLY_INVALID when a vote could not be read `repliesMax` times: a fault of the solution. Everything that was asked is in `usage`, unreadable replies too.
 */
export function stepJudge({ policy, identity, samples, tokensMax, repliesMax = 3 }: StepJudgeOptions): StepScorer {
  const name = identityOfStepJudge(identity, { samples, tokensMax });
  const score = async ({ id, question, steps }: ScoreRequest, signal?: AbortSignal): Promise<ScoreReply> => {
    signal?.throwIfAborted();
    const judged = steps.slice(1), votes: (readonly boolean[])[] = [];
    const usage = { requests: 0, promptTokens: 0, completionTokens: 0 };
    if (judged.length === 0) return { values: [], usage };
    const { messages, prefix, stop } = stepJudgePrompt(question, judged), key = hashId('steps judged', question, judged);
    let last = '';
    for (let reply = 0; votes.length < samples; reply++) {
      if (reply === repliesMax) throw new FaultError('GRADER_REPLY_INVALID', `${name.model}@${name.revision} gave ${repliesMax} replies on ${id} that hold no verdict on each of its ${judged.length} steps, or several on one. The last one ends with ${JSON.stringify(last.slice(-120))}.`, { hint: 'A larger model, or more tokens (scoring.judgeTokens); docs/scorers.md shows what a reply looks like.' });
      const asking = `${key}/judge/${reply}`, n = samples - votes.length;
      const sampling = { temperature: samples === 1 && reply === 0 ? 0 : 0.7, topP: 1, topK: 0, minP: 0, maxTokens: tokensMax };
      const { samples: replies, usage: spent } = await asked(policy.sample({ id: asking, messages, prefix, stop, n, seed: hashSeed(asking), sampling }, signal));
      usage.requests += spent.requests; usage.promptTokens += spent.promptTokens; usage.completionTokens += spent.completionTokens;
      for (const { text, finish } of replies) {
        const verdicts = parseStepVerdicts(text, finish === 'length', judged.length);
        if (verdicts === undefined) last = text; else votes.push(verdicts);
      }
    }
    return { values: judged.map((_, k) => votes.filter((verdicts) => verdicts[k]!).length / samples), usage };
  };
  return { describe: async () => name, score, close: () => policy.close() };
}

async function asked<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try { return await reply; } catch (error) { throw ofScorer(error); }
}
