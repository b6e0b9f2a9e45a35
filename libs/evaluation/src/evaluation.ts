// What an evaluation says: the one object that the summary file holds, the report draws and --json cuts down. All shares are 0..1. A number that is not defined is null, and `why` says why.
import type { PolicyIdentity } from '@slowthink/records';

/** A number with its 95 % interval. */
export interface Estimate {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  /** Why value or interval are null ("an interval needs 2 items"), or why the interval is a point ("the same on every item of a set: the interval is a point"). */
  readonly why?: string;
}

/** One decoding rule on some items. */
export interface RuleResult {
  /** Of libs/decoding. */
  readonly rule: string;
  readonly title: string;
  /** Mean over items; interval by bootstrap over items (stratified by set where there are several). */
  readonly accuracy: Estimate;
  /** The plain share right / n with its Wilson interval; null for a macro average, which is no such share. */
  readonly wilson: Estimate | null;
  /** Accuracy of the same choices by the second grader (--grader-too); null without one. */
  readonly exact: Estimate | null;
  /** Items by what the chosen candidate is. They add up to n; null for a macro average. */
  readonly counts: { readonly right: number; readonly wrong: number; readonly none: number; readonly truncated: number } | null; // none: states no answer though it ended; truncated: states none since it was cut off
}

/** pass@k, mean over items of 1 - C(n-c, k) / C(n, k), and pass^k, C(c, k) / C(n, k); null where an item has fewer than k candidates. pass@N is the ceiling of every rule that chooses among N. */
export interface PassResult { readonly k: number; readonly passAtK: Estimate; readonly passHatK: Estimate }

/** Of all candidates, not of items. */
export interface SampleCounts { readonly samples: number; readonly right: number; readonly wrong: number; readonly none: number; readonly truncated: number; readonly unscored: number }

export interface SetResult {
  readonly name: string;
  readonly title: string;
  readonly n: number; // items
  /** Items that could not be processed (faults): in no number here. */
  readonly failed: number;
  /** Items of which no candidate states an answer. */
  readonly noAnswer: number;
  /** Expected accuracy of a random choice among the options of each item; null where items have none. */
  readonly chance: number | null;
  /** Share of the most frequent gold answer: what a model gets that always says it; null where golds are open answers. */
  readonly majorityClass: number | null;
  readonly rules: readonly RuleResult[];
  readonly pass: readonly PassResult[];
  readonly samples: SampleCounts;
}

/** Averages over sets. */
export interface Average {
  readonly name: 'micro' | 'macro' | 'macro of sets from 100 items'; // micro: over all items alike; macro: over sets alike
  readonly sets: readonly string[];
  readonly n: number;
  readonly chance: number | null;
  readonly majorityClass: number | null;
  readonly rules: readonly RuleResult[];
  readonly pass: readonly PassResult[];
}

/** Two rules on the same items. */
export interface PairResult {
  readonly a: string;
  readonly b: string;
  /** Accuracy of a minus that of b; interval by paired bootstrap over items. */
  readonly difference: Estimate;
  readonly onlyA: number; // items that only a gets right
  readonly onlyB: number;
  /** McNemar's test of the discordant items: exact (two-sided binomial) below 25 of them, else chi-square with continuity correction; null without any. */
  readonly p: number | null;
  /** p with Holm's correction for all pairs of the list: below .05 it holds though so many were tried. Null where p is. */
  readonly pHolm: number | null;
  readonly test: 'exact' | 'chi-square' | 'none';
}

/** Accuracy over N from one run: the mean over seeded random subsets of the candidates. */
export interface Curve {
  readonly rule: string; // of libs/decoding, or pass@N
  readonly title: string;
  readonly points: readonly { readonly n: number; readonly accuracy: Estimate; readonly tokens: number /* generated a item, mean */; readonly totalTokens: number /* with prompt and scorer tokens */ }[];
}

/** Mean tokens an item, and FLOPs = 2 x parameters x tokens; prompt tokens out of a cache cost none. */
export interface CostResult {
  readonly rule: string;
  readonly promptTokens: number;
  /** Part of promptTokens that a prefix cache held; null where the server does not say. */
  readonly cachedTokens: number | null;
  readonly generatedTokens: number;
  readonly scorerTokens: number; // 0 for rules without scores
  readonly policyFlops: number | null; // null: parameters not known (--policy-parameters)
  readonly scorerFlops: number | null;
}

/** A scored rule against maj@M, where M candidates cost what N candidates and their scores cost. */
export interface EqualCostResult {
  readonly rule: string;
  readonly n: number; // candidates of the rule; 0: there are too few candidates to compare, and the estimates are null
  /** What is equal: FLOPs where parameters are known, else tokens. */
  readonly by: 'flops' | 'tokens';
  /** Candidates that maj@M gets for the same cost, rounded down; above the candidates there are, N candidates are compared with the fewer that the rule may have. */
  readonly m: number;
  readonly ruleAccuracy: Estimate;
  readonly majorityAccuracy: Estimate;
  readonly difference: Estimate;
  readonly note?: string;
}

/** Step values against what came of the steps: a prefix that k candidates share is right in r of them, k rollouts. */
export interface PrmPart {
  readonly prefixes: number;
  readonly rollouts: number;
  readonly auroc: Estimate;
  readonly brier: Estimate;
  readonly ece: Estimate; // expected calibration error, 10 bins of equal width
  readonly bins: readonly { readonly low: number; readonly high: number; readonly n: number /* rollouts */; readonly value: number | null /* mean */; readonly right: number | null /* share */ }[];
}
export interface PrmResult { readonly inner: PrmPart; readonly final: PrmPart; readonly all: PrmPart }

export interface Evaluation {
  readonly evaluation: 1; // version of this form
  readonly policy: PolicyIdentity;
  readonly scorer: PolicyIdentity | null;
  readonly grader: string;
  readonly graderToo: 'none' | 'medsss';
  readonly decode: string;
  readonly candidates: number; // N: of the item that has fewest
  readonly items: number;
  readonly failed: number;
  readonly sets: readonly SetResult[];
  readonly averages: readonly Average[]; // none where there is one set
  readonly paired: readonly PairResult[]; // every pair of rules, over all items
  readonly curves: readonly Curve[];
  readonly costs: readonly CostResult[];
  readonly equalCost: readonly EqualCostResult[];
  readonly prm: PrmResult | null; // null without a scorer
  readonly tokens: { readonly prompt: number; readonly cached: number | null; readonly generated: number; readonly scorer: number }; // in all
  /** Sentences that a reader of the numbers must know: other conditions than published ones, sets under 100 items, undefined statistics. */
  readonly notes: readonly string[];
  readonly method: Method;
}

/** What the numbers were computed with: the same candidates and the same method give the same bytes. */
export interface Method {
  readonly draws: number; // of a bootstrap; 0 without intervals
  readonly prmDraws: number; // of step values: may be fewer, since each looks at every step of every candidate
  readonly seed: number;
  readonly subsets: number; // of a point of a curve
  readonly confidence: number;
  /** Parameters of the models, for FLOPs; null: not known. */
  readonly policyParameters: number | null;
  readonly scorerParameters: number | null;
}
