import { FaultError } from '@slowthink/faults';
import type { Policy } from './policy.ts';

export interface BudgetOptions {
  /** Tokens of prompts and completions together. */
  readonly tokensMax: number;
  /** Tokens that earlier processes of this run have used. Default 0. */
  readonly tokensSpent?: number;
}

/** Once the tokens are spent every new request is rejected with MODEL_BUDGET_SPENT; requests in flight end, so the total may pass the budget by what they use. */
export function withBudget(policy: Policy, options: BudgetOptions): Policy {
  let spent = options.tokensSpent ?? 0;
  return {
    describe: (signal) => policy.describe(signal),
    close: () => policy.close(),
    sample: async (request, signal) => {
      if (spent >= options.tokensMax) throw new FaultError('MODEL_BUDGET_SPENT', `${spent} tokens are used; the budget is ${options.tokensMax}.`);
      const reply = await policy.sample(request, signal);
      spent += reply.usage.promptTokens + reply.usage.completionTokens;
      return reply;
    },
  };
}
