import type { Cost } from './estimate.ts';
import type { DoneRecord } from './records.ts';
import type { Step } from './steps.ts';

/** null: no limit. Tokens are those of models that generate: training reads what was already paid for. */
export interface Budget { readonly minutes: number | null; readonly tokens: number | null }

export interface Spent { readonly minutes: number; readonly tokens: number }

const generates = (step: string): boolean => /-(?:curriculum|run|dev)$/.test(step);

/** What the steps that are done have used. */
export function spentBy(done: readonly DoneRecord[]): Spent {
  return { minutes: done.reduce((sum, { seconds }) => sum + seconds, 0) / 60, tokens: done.reduce((sum, { step, tokens }) => sum + (generates(step) ? tokens : 0), 0) };
}

/** A cost as a budget counts it: tokens of a training are none. */
export const budgeted = ({ id }: Step, cost: Cost): Cost => (generates(id) ? cost : { ...cost, tokens: 0 });

/** Why work of this cost is not begun; undefined: it may be. What is not known stops nothing, unless the budget is used up already. `cost`: as `budgeted` gives it. */
export function overBudget(budget: Budget, spent: Spent, cost: Cost): string | undefined {
  if (budget.minutes !== null && spent.minutes + (cost.minutes ?? 0) > budget.minutes) return `${round1(spent.minutes)} of ${budget.minutes} minutes are used${cost.minutes === null ? '' : `, and it would take about ${round1(cost.minutes)} more`}`;
  if (budget.tokens !== null && spent.tokens + (cost.tokens ?? 0) > budget.tokens) return `${Math.round(spent.tokens)} of ${budget.tokens} tokens are used${cost.tokens === null ? '' : `, and it would take about ${Math.round(cost.tokens)} more`}`;
  return undefined;
}

const round1 = (value: number): number => Math.round(value * 10) / 10;
