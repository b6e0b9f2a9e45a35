// A scored rule against the majority of more candidates, at the same cost: what its step values cost buys the majority further samples.
//
//   n candidates with values = M without:  n (c + s) = M c,  so  M(n) = floor( n (1 + s / c) )      the prompt of the first request stands on both sides
//   tokens: c = g + p, s = scorer tokens a candidate;  FLOPs: c = P (g + u p), s = S x scorer tokens     g, p of libs/evaluation/src/costs.ts; u: share of the prompt that no cache held; P, S: parameters
//
// There are N candidates and M(N) of them are not at hand, so the rule gets the largest n with M(n) <= N. Both accuracies are means over subsets.
import type { DecodingRule } from '@slowthink/decoding';
import type { Parameters, UnitCost } from './costs.ts';
import type { EqualCostResult } from './evaluation.ts';
import { unknown, type Estimates, type Scope } from './estimates.ts';

export interface EqualCostPlan {
  readonly by: 'flops' | 'tokens';
  readonly n: number; // candidates of the scored rule; 0: too few to compare
  readonly m: number; // of the majority
  readonly note?: string;
}

export function planEqualCost({ generated, furtherPrompt, uncached, scorer }: UnitCost, parameters: Parameters, most: number): EqualCostPlan {
  const { policy, scorer: scorerParameters } = parameters;
  const by = policy !== null && scorerParameters !== null ? 'flops' : 'tokens';
  const candidate = by === 'flops' ? policy! * (generated + uncached * furtherPrompt) : generated + furtherPrompt;
  const values = by === 'flops' ? scorerParameters! * scorer : scorer;
  const bought = (n: number): number => (values === 0 ? n : Math.floor(n * (1 + values / candidate) + 1e-9));
  let n = most;
  while (n > 0 && bought(n) > most) n--;
  const wanted = bought(most);
  if (values === 0) return { by, n, m: n, note: 'The scorer reports no tokens, so its values count as free.' };
  if (candidate === 0) return { by, n, m: 0, note: 'The policy reports no tokens, so nothing can be compared at equal cost.' };
  if (n === 0) return { by, n, m: 0, note: `One candidate with its values costs as much as ${bought(1)} candidates without, and there are ${most}.` };
  if (n === most) return { by, n, m: bought(n), note: `The values of ${n} candidates cost less than one candidate more.` };
  return { by, n, m: bought(n), note: `The values of ${most} candidates would buy the majority ${wanted - most} more, ${wanted} in all, and there are ${most}: so the rule has ${n} and the majority ${bought(n)}.` };
}

/** `rule` and `majority`: accuracies an item with n and m candidates. */
export function equalCostOf({ name }: DecodingRule, { by, n, m, note }: EqualCostPlan, rule: Float64Array, majority: Float64Array, estimates: Estimates, scope: Scope): EqualCostResult {
  const noted = note === undefined ? {} : { note };
  if (n === 0) {
    const none = unknown('there are too few candidates');
    return { rule: name, n, by, m, ruleAccuracy: none, majorityAccuracy: none, difference: none, ...noted };
  }
  return { rule: name, n, by, m, ruleAccuracy: estimates.of(rule, scope), majorityAccuracy: estimates.of(majority, scope), difference: estimates.difference(rule, majority, scope), ...noted };
}
