import { FaultError, type FaultCode } from '@slowthink/faults';
import type { Policy, PolicyIdentity } from '@slowthink/models';
import { judgePrompt, parseJudgement } from '@slowthink/prompts';
import { canonicalJson, hashId, hashSeed, type Verdict } from '@slowthink/records';
import { verdictOf } from './verdict-of.ts';
import type { Verifier, VerifyRequest } from './verifier.ts';

/** How an answer comes to its verdict: what can change one beside the model. */
export interface JudgeVotes {
  /** Votes on one answer, 1..; the status with most of them counts. Ties: none before wrong before right, the careful side. */
  readonly samples: number;
  /** Generated tokens of one vote: with too few, thinking is cut off and the vote cannot be read. */
  readonly tokensMax: number;
}

/** What a name leaves out. */
export const usualVotes: JudgeVotes = { samples: 1, tokensMax: 512 };

export interface JudgeOptions extends JudgeVotes {
  /** The chat model, composed as models are (retry, patience, a limit and a pin of its own). Never the policy that wrote the answers. */
  readonly policy: Policy;
  readonly identity: PolicyIdentity;
  /** Replies asked for until a vote can be read. Default 3. */
  readonly repliesMax?: number;
}

type Status = Verdict['status'];
const careful: readonly Status[] = ['none', 'wrong', 'right'];

/** "judge:MODEL@REVISION", with " x3" for three votes and " 2048 tokens" for votes of another length than usual: another judge, another revision and other votes are another run. */
export const nameJudge = ({ model, revision }: PolicyIdentity, { samples, tokensMax }: JudgeVotes): string =>
  `judge:${model}@${revision}${samples === usualVotes.samples ? '' : ` x${samples}`}${tokensMax === usualVotes.tokensMax ? '' : ` ${tokensMax} tokens`}`;

/**
 * A chat model judges: it gets question, reference answer and the answer as quoted text (libs/prompts/src/judge.ts) and replies with one line. The only vote is drawn at temperature 0. Where several votes are
 * wanted, and where an unreadable reply is asked for again with another seed, the temperature is 0.7: at 0 the same text would come again. Seeds follow from what is judged, so the same answer gets
 * the same votes whenever it is asked. GRADER_REPLY_INVALID when no reply of `repliesMax` can be read; faults of the model as they are, with --grader where they name --policy.
 */
export function judgeVerifier({ policy, identity, samples, tokensMax, repliesMax = 3 }: JudgeOptions): Verifier {
  const vote = async (request: VerifyRequest, key: string, index: number, signal?: AbortSignal): Promise<Status> => {
    const { messages, prefix, stop } = judgePrompt(request);
    let last = '';
    for (let reply = 0; reply < repliesMax; reply++) {
      const id = `${key}/judge/${index}/${reply}`;
      const sampling = { temperature: samples === 1 && reply === 0 ? 0 : 0.7, topP: 1, topK: 0, minP: 0, maxTokens: tokensMax };
      const sample = (await asked(policy.sample({ id, messages, prefix, stop, n: 1, seed: hashSeed(id), sampling }, signal))).samples[0]!;
      const status = parseJudgement(sample.text, sample.finish === 'length');
      if (status !== undefined) return status;
      last = sample.text;
    }
    throw new FaultError('GRADER_REPLY_INVALID', `${nameJudge(identity, { samples, tokensMax })} gave ${repliesMax} replies on ${request.id} of ${request.questionId} that hold no verdict or several. The last one ends with ${JSON.stringify(last.slice(-120))}.`);
  };
  return {
    describe: async () => ({ name: nameJudge(identity, { samples, tokensMax }), model: identity }),
    verify: async (request, signal) => {
      const key = hashId('judged', canonicalJson([request.questionId, request.prompt, request.gold, request.text, request.truncated]));
      const votes = await Promise.all(Array.from({ length: samples }, (_, index) => vote(request, key, index, signal)));
      return verdictOf(request, { status: majority(votes) }, 'judge');
    },
    close: () => policy.close(),
  };
}

function majority(votes: readonly Status[]): Status {
  const count = (status: Status): number => votes.filter((one) => one === status).length;
  return careful.reduce((best, status) => (count(status) > count(best) ? status : best));
}

async function asked<Reply>(reply: Promise<Reply>): Promise<Reply> {
  try { return await reply; } catch (error) { throw ofJudge(error); }
}

/** What to do about a fault of the judge's server, where the hint of its code speaks of the policy's settings. */
const hints: { readonly [Code in FaultCode]?: string } = {
  MODEL_UNREACHABLE: 'Start the model server, or correct the address in --grader.',
  MODEL_UNAUTHORIZED: 'Set the key in SLOWTHINK_GRADING_API_KEY and check that the server accepts it.',
  MODEL_NOT_FOUND: 'Check the model name behind "#" in --grader; GET /v1/models of the server lists the names.',
  MODEL_OVERLOADED: 'Lower grading.inFlight or add a replica.',
  MODEL_TIMEOUT: 'Raise grading.timeoutMs, lower grading.judgeTokens, or look at the server.',
  MODEL_REPLY_INVALID: 'The address answers, but not as an OpenAI-compatible server does. Check the address in --grader.',
};

/** A fault of the judge's server, told apart from one of the policy's. */
export function ofJudge(error: unknown): unknown {
  if (!(error instanceof FaultError)) return error;
  const { code, message, hint, attempts, retryAfterMs } = error;
  return new FaultError(code, `The judge: ${message}`, { hint: hints[code] ?? hint, cause: error, attempts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}
