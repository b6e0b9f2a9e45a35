// From columns to the one object of all numbers. Nothing here looks at a text.
import { ruleNamed, type DecodingRule } from '@slowthink/decoding';
import { chanceOf, majorityClassOf } from './baselines.ts';
import { outcomes, sizeOf, type ItemColumns } from './columns.ts';
import { costOf, tokensOf, totalsOf, unitCostOf, type Parameters } from './costs.ts';
import { decide, rulesFor, type Decided } from './decided.ts';
import { equalCostOf, planEqualCost } from './equal-cost.ts';
import { estimatesOf, macroScope, microScope, setScope, type Estimates, type Scope } from './estimates.ts';
import type { Average, Curve, Evaluation, SampleCounts, SetResult } from './evaluation.ts';
import { LARGE_SET, layOut, type Layout } from './layout.ts';
import { notesOn, setTitleOf } from './notes.ts';
import { prefixCountOf, prmDrawsFor, prmOf } from './prm.ts';
import { pairsOf, passColumnsOf, passResultOf, ruleResultOf, type PassColumns } from './results.ts';
import { identityOf } from './run-identity.ts';
import { accuracyWith, powersTo } from './subsets.ts';

export interface EvaluateOptions {
  readonly seed?: number; // of bootstrap and subsets; 0
  readonly draws?: number; // 10,000
  readonly subsets?: number; // of a point of a curve; 200
  readonly confidence?: number; // .95
  /** Rules to compute: every one that the records allow. One that they do not allow is EVALUATION_RULE_UNAVAILABLE. */
  readonly rules?: readonly DecodingRule[];
  /** Rules whose curve over N and equal-cost comparison are computed, of those above: maj, vote-sum-min (P-VS) and bon-min; of rules that are given, all but greedy. */
  readonly curveRules?: readonly DecodingRule[];
  /** k of pass@k and pass^k beside the powers of two up to N. */
  readonly passAt?: readonly number[];
  /** Parameters of the models, for FLOPs; null: not known. */
  readonly policyParameters?: number | null;
  readonly scorerParameters?: number | null;
  /** Items of each set that could not be processed. */
  readonly failed?: { readonly [set: string]: number };
  /** Titles of sets, for people; the name where there is none. */
  readonly titles?: { readonly [set: string]: string };
  /** false: no bootstrap, pairs, curves or equal-cost comparison, which cost most of the time. Curves and equal cost are of independent samples (decode `sample`) alone. */
  readonly intervals?: boolean;
}

/**
 * All numbers of an evaluation. The order of the columns changes none of them, and the same seed gives the same bytes. Memory: the columns, and draws x columns numbers (some 50 MB).
 * Faults: EVALUATION_EMPTY, EVALUATION_ITEM_TWICE, EVALUATION_MIXED (items of several runs), EVALUATION_RULE_UNAVAILABLE.
 */
export function summarise(columns: Iterable<ItemColumns>, options: EvaluateOptions = {}): Evaluation {
  const { seed = 0, subsets = 200, confidence = 0.95, failed = {}, titles = {}, intervals = true } = options;
  const draws = intervals ? options.draws ?? 10_000 : 0;
  const parameters: Parameters = { policy: options.policyParameters ?? null, scorer: options.scorerParameters ?? null };
  const layout = layOut(columns, Object.keys(failed).filter((set) => failed[set]! > 0));
  const { items, sets } = layout;
  const identity = identityOf(items);
  const { rules, notes } = rulesFor(items, options.rules);
  const most = items.reduce((least, item) => Math.min(least, sizeOf(item)), Infinity); // N

  const independent = identity.decode === 'sample'; // the candidates of a search over steps are no sample of which a part is a smaller run

  // columns of one number an item
  const decided = rules.map((rule) => decide(layout, rule));
  const passes = [...new Set([...(independent ? powersTo(most) : [most]), ...options.passAt ?? []])].toSorted((a, b) => a - b).map((k) => passColumnsOf(layout, k));
  const studied = intervals && independent ? curveRulesOf(rules, options) : [];
  const unit = unitCostOf(items);
  const plan = planEqualCost(unit, parameters, most);
  const sizes = powersTo(most);
  const withOf = new Map<string, Float64Array>();
  const accuracy = (rule: DecodingRule, n: number): Float64Array => {
    const key = `${rule.name} ${n}`;
    let column = withOf.get(key);
    if (column === undefined) withOf.set(key, column = accuracyWith(layout, rule, n, { subsets, seed }));
    return column;
  };
  const scored = studied.filter(({ reduce }) => reduce !== undefined);
  const majority = ruleNamed('maj');
  for (const rule of studied) for (const n of sizes) accuracy(rule, n);
  if (plan.n > 0) for (const rule of scored) { accuracy(rule, plan.n); accuracy(majority, plan.m); }

  const estimates = estimatesOf(layout, [decided.flatMap(({ right, exact }) => (exact === null ? [right] : [right, exact])), passes.flatMap((one) => [one.passAtK, one.passHatK]), [...withOf.values()]], { draws, seed, confidence });
  const micro = microScope(layout);
  const prefixes = prefixCountOf(items);
  const prmDraws = identity.scorer === null ? 0 : prmDrawsFor(prefixes, draws);
  const judged = items.filter(({ role }) => role !== 'train'); // the scorer may have been trained on these
  const totals = totalsOf(items);

  return {
    evaluation: 1, ...identity, graderToo: decided.some(({ exact }) => exact !== null) ? 'medsss' : 'none', candidates: most, items: items.length,
    failed: Object.values(failed).reduce((sum, count) => sum + count, 0),
    sets: sets.map((_, at) => setResultOf(layout, at, decided, passes, estimates, confidence, failed, titles)),
    averages: averagesOf(layout, decided, passes, estimates, confidence),
    paired: intervals ? pairsOf(decided, micro, estimates) : [],
    curves: intervals && independent ? [...studied.map((rule) => curveOf(rule.name, rule.title, sizes, (n) => accuracy(rule, n), rule.reduce !== undefined)), curveOf('pass@N', 'pass@N', sizes, (n) => passes.find(({ k }) => k === n)!.passAtK, false)] : [],
    costs: rules.map((rule) => costOf(rule, items, parameters, !independent)),
    equalCost: scored.map((rule) => (plan.n === 0 ? equalCostOf(rule, plan, noColumn, noColumn, estimates, micro) : equalCostOf(rule, plan, accuracy(rule, plan.n), accuracy(majority, plan.m), estimates, micro))),
    prm: identity.scorer === null ? null : prmOf(judged, { draws: prmDraws, seed, confidence }),
    tokens: { prompt: totals.prompt, cached: totals.cached, generated: totals.generated, scorer: totals.scorer },
    notes: [...notes, ...notesOn({ layout, failed, titles, candidates: most, decode: identity.decode, withoutPrm: identity.scorer === null ? 0 : items.length - judged.length, draws, prmDraws, prefixes })],
    method: { draws, prmDraws, seed, subsets, confidence, policyParameters: parameters.policy, scorerParameters: parameters.scorer },
  };

  function curveOf(rule: string, title: string, ns: readonly number[], column: (n: number) => Float64Array, withScores: boolean): Curve {
    return { rule, title, points: ns.map((n) => ({ n, accuracy: estimates.of(column(n), micro), tokens: n * unit.generated, totalTokens: tokensOf(unit, n, withScores) })) };
  }
}

const noColumn = new Float64Array(0);
const curveDefaults = ['maj', 'vote-sum-min', 'bon-min'];

function curveRulesOf(rules: readonly DecodingRule[], { rules: asked, curveRules }: EvaluateOptions): readonly DecodingRule[] {
  if (curveRules !== undefined) return rules.filter(({ name, choose }) => choose !== 'greedy' && curveRules.some((one) => one.name === name));
  return rules.filter(({ name, choose }) => choose !== 'greedy' && (asked !== undefined || curveDefaults.includes(name)));
}

function setResultOf(layout: Layout, at: number, decided: readonly Decided[], passes: readonly PassColumns[], estimates: Estimates, confidence: number, failed: { readonly [set: string]: number }, titles: { readonly [set: string]: string }): SetResult {
  const { name, from, to } = layout.sets[at]!;
  const items = layout.items.slice(from, to), scope = setScope(at);
  return {
    name, title: setTitleOf(name, titles), n: items.length, failed: failed[name] ?? 0, noAnswer: items.filter(({ pool }) => pool.answerCount === 0).length,
    chance: chanceOf(items.map(({ gold }) => gold)), majorityClass: majorityClassOf(items.map(({ gold }) => gold)),
    rules: decided.map((one) => ruleResultOf(one, layout, scope, true, estimates, confidence)),
    pass: passes.map((one) => passResultOf(one, layout, scope, estimates)),
    samples: samplesOf(items),
  };
}

function samplesOf(items: readonly ItemColumns[]): SampleCounts {
  const counts = { right: 0, wrong: 0, none: 0, truncated: 0 };
  for (const item of items) for (const code of item.outcomes) counts[outcomes[code]!] += 1;
  return { samples: items.reduce((sum, item) => sum + sizeOf(item), 0), ...counts, unscored: items.reduce((sum, { unscored }) => sum + unscored, 0) };
}

/** None where there is one set. The third is left out where no set is so large. */
function averagesOf(layout: Layout, decided: readonly Decided[], passes: readonly PassColumns[], estimates: Estimates, confidence: number): readonly Average[] {
  const { items, sets } = layout;
  const averageOf = (name: Average['name'], scope: Scope): Average => {
    const places = scope.sets.map((set) => sets[set]!);
    const weighted = (of: (golds: readonly ItemColumns['gold'][]) => number | null): number | null => {
      const shares = places.map(({ from, to }) => of(items.slice(from, to).map(({ gold }) => gold)));
      return shares.includes(null) ? null : shares.reduce<number>((sum, share, at) => sum + scope.weights[at]! * share!, 0);
    };
    return {
      name, sets: places.map((place) => place.name), n: places.reduce((sum, { from, to }) => sum + to - from, 0), chance: weighted(chanceOf), majorityClass: weighted(majorityClassOf),
      rules: decided.map((one) => ruleResultOf(one, layout, scope, name === 'micro', estimates, confidence)), pass: passes.map((one) => passResultOf(one, layout, scope, estimates)),
    };
  };
  const [micro, macro, large] = [microScope(layout), macroScope(layout), macroScope(layout, LARGE_SET)];
  if (macro.sets.length < 2) return [];
  return [averageOf('micro', micro), averageOf('macro', macro), ...(large.sets.length === 0 ? [] : [averageOf('macro of sets from 100 items', large)])];
}
