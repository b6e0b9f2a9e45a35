import { FaultError, type FaultCode } from '@slowthink/faults';
import type { Observer } from '@slowthink/stream';
import { composePolicy, type ComposeOptions } from './compose-policy.ts';
import type { Policy, SampleReply, SampleRequest, ScoreReply, ScoreRequest, StepScorer } from './policy.ts';

/** A score request on its way through the wrappers of a policy, which look at id and signal and hand the rest on. */
interface Carried extends SampleRequest { readonly scored?: ScoreRequest }
interface CarriedReply extends SampleReply { readonly scored: ScoreReply }

/** What patience asks when it wants to know whether a server answers at all, before one request was answered. */
const fewSteps: ScoreRequest = { id: 'witness', question: 'Name one vital sign.', steps: ["Let's break down this problem step by step.", 'The pulse is one.'] };
const unused = { messages: [], prefix: '', n: 1, seed: 0, sampling: { temperature: 0, topP: 1, topK: 0, minP: 0, maxTokens: 1 }, stop: [] } as const;

/**
 * A scorer on a server with the wrappers of a policy in the same order: limit, revision pin, retries, patience (compose-policy.ts). Its requests are not reported as a policy's: what they cost stands in `usage` of
 * the replies. Its pauses are reported as those of the scorer, and its faults say that they are the scorer's.
 */
export function composeScorer(scorer: StepScorer, { observer, ...options }: Omit<ComposeOptions, 'budgetTokens' | 'tokensSpent'>): StepScorer {
  const carrier: Policy = {
    describe: async (signal) => ({ ...await scorer.describe(signal), contextTokens: undefined }),
    sample: async (request: Carried, signal): Promise<CarriedReply> => {
      const scored = await scorer.score(request.scored ?? fewSteps, signal);
      return { samples: [], usage: { ...scored.usage, samples: 0 }, scored };
    },
    close: () => scorer.close(),
  };
  const composed = composePolicy(carrier, { ...options, ...(observer === undefined ? {} : { observer: ofScorerOnly(observer) }) });
  const asked = async <Reply>(reply: Promise<Reply>): Promise<Reply> => { try { return await reply; } catch (error) { throw ofScorer(error); } };
  return {
    describe: async (signal) => { const { model, revision } = await asked(composed.describe(signal)); return { model, revision }; },
    score: async (request, signal) => {
      const carried: Carried = { ...unused, id: request.id, scored: request };
      return (await asked(composed.sample(carried, signal) as Promise<CarriedReply>)).scored;
    },
    close: () => composed.close(),
  };
}

const ofScorerOnly = (observer: Observer): Observer => (signal) => {
  if (signal.kind === 'paused' || signal.kind === 'resumed') observer({ ...signal, of: 'scorer' });
  else if (signal.kind !== 'request' && signal.kind !== 'limit') observer(signal);
};

/** What to do about a fault of the scorer's server, where the hint of its code speaks of the policy. */
const hints: { readonly [Code in FaultCode]?: string } = {
  MODEL_UNREACHABLE: 'Start the server of the scorer, or correct the address in --scorer.',
  MODEL_UNAUTHORIZED: 'Set the key in SLOWTHINK_SCORING_API_KEY and check that the server accepts it.',
  MODEL_NOT_FOUND: 'Check the model name behind "#" in --scorer; GET /v1/models of the server lists the names. A server that has no such page serves no scorer: docs/scorers.md.',
  MODEL_OVERLOADED: 'Lower models.inFlight or add a replica.',
  MODEL_TIMEOUT: 'Raise models.timeoutMs, or look at the server of the scorer.',
  MODEL_REPLY_INVALID: 'The address answers, but not as docs/scorers.md says. Check the address in --scorer.',
  MODEL_REVISION_CHANGED: 'The server of the scorer now serves other weights than before. Serve the old ones again, or score everything again.',
};

/** A fault of the scorer's server, told apart from one of the policy's. Any other error as it is. */
export function ofScorer(error: unknown): unknown {
  if (!(error instanceof FaultError) || error.message.startsWith('The scorer: ')) return error;
  const { code, message, hint, attempts, retryAfterMs } = error;
  const own = hints[code];
  return new FaultError(code, `The scorer: ${message}`, { hint: own !== undefined && isUsual(error) ? own : hint, cause: error, attempts, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) });
}

/** Whether nobody gave the fault a hint of its own. */
const isUsual = ({ code, hint }: FaultError): boolean => hint === new FaultError(code, '').hint;
