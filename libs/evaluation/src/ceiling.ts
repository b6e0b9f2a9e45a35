import type { Evaluation } from './evaluation.ts';

/**
 * Whether pass@k of some sets is the share of items with any right candidate, which no rule that chooses among candidates exceeds: where every item has k candidates and no more. With a further candidate a rule may be right
 * where a draw of k is not.
 */
export function isCeiling({ sets }: Pick<Evaluation, 'sets'>, names: readonly string[], k: number): boolean {
  return sets.every(({ name, n, samples }) => !names.includes(name) || samples.samples === n * k);
}
