import type { Observer } from '@slowthink/stream';
import { systemClock, type Clock } from './clock.ts';
import type { Policy, PolicyIdentity } from './policy.ts';
import { withAdaptiveLimit } from './with-adaptive-limit.ts';
import { withBudget } from './with-budget.ts';
import { withObserver } from './with-observer.ts';
import { withPatience } from './with-patience.ts';
import { withRetry } from './with-retry.ts';
import { withRevisionPin } from './with-revision-pin.ts';

export interface ComposeOptions {
  /** Requests in flight at most. */
  readonly inFlightMax: number;
  /** Default 5. */
  readonly attemptsMax?: number;
  /** Default one hour. 0: a server that is away is an error at once. */
  readonly giveUpAfterMs?: number;
  /** Tokens of prompts and completions; undefined: no budget. */
  readonly budgetTokens?: number;
  /** Tokens that earlier processes of this run have used. */
  readonly tokensSpent?: number;
  /** What the open trees began with; undefined: what the server says first. */
  readonly expected?: PolicyIdentity;
  readonly observer?: Observer;
  readonly clock?: Clock;
}

/**
 * The wrappers in the order that makes them right, from the server outwards: observe what is really sent; stop before sending when the budget is spent; limit what is in flight (a request that waits to be
 * retried holds no place); pin the revision, which sees every fault that says the server was away; retry; and outermost patience, whose probes go past the retries.
 */
export function composePolicy(policy: Policy, options: ComposeOptions): Policy {
  const { inFlightMax, attemptsMax, giveUpAfterMs, budgetTokens, tokensSpent, expected, observer, clock = systemClock } = options;
  const watched = { clock, ...(observer === undefined ? {} : { observer }) };
  const seen = observer === undefined ? policy : withObserver(policy, observer, clock);
  const paid = budgetTokens === undefined ? seen : withBudget(seen, { tokensMax: budgetTokens, ...(tokensSpent === undefined ? {} : { tokensSpent }) });
  const limited = withAdaptiveLimit(paid, { max: inFlightMax, ...(observer === undefined ? {} : { observer }) });
  const pinned = withRevisionPin(limited, expected === undefined ? {} : { expected });
  const retried = withRetry(pinned, { ...watched, ...(attemptsMax === undefined ? {} : { attemptsMax }) });
  return giveUpAfterMs === 0 ? retried : withPatience(retried, { ...watched, probeWith: pinned, ...(giveUpAfterMs === undefined ? {} : { giveUpAfterMs }) });
}

/**
 * The wrappers of a model that runs inside this process: observe, a fixed limit, pin the revision. It cannot be overloaded or away, so there is nothing to retry and nothing to wait for: a fault ends the
 * request at once, and one of the environment the run.
 */
export function composeEmbedded(policy: Policy, { inFlightMax, budgetTokens, tokensSpent, expected, observer, clock = systemClock }: Omit<ComposeOptions, 'attemptsMax' | 'giveUpAfterMs'>): Policy {
  const seen = observer === undefined ? policy : withObserver(policy, observer, clock);
  const paid = budgetTokens === undefined ? seen : withBudget(seen, { tokensMax: budgetTokens, ...(tokensSpent === undefined ? {} : { tokensSpent }) });
  const limited = withAdaptiveLimit(paid, { max: inFlightMax }); // without overloads and time-outs it never moves
  return withRevisionPin(limited, expected === undefined ? {} : { expected });
}
