// Numbers of example records, near enough to those of libs/evaluation to be drawn: intervals are plain normal ones.
import { chooseIn, decodingRules, everyMember, poolOf, type DecodingRule } from '@slowthink/decoding';
import type { Average, Curve, Estimate, Evaluation, PairResult, PrmPart, RuleResult, SetResult } from '@slowthink/evaluation';
import type { Candidate, VerdictsRecord } from '@slowthink/records';

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function estimateOf(values: readonly number[], clamp = true): Estimate {
  if (values.length === 0) return { value: null, low: null, high: null, why: 'no items' };
  const value = mean(values);
  if (values.length < 2) return { value, low: null, high: null, why: 'an interval needs 2 items' };
  const half = 1.96 * Math.sqrt(mean(values.map((one) => (one - value) ** 2)) / values.length);
  return { value, low: clamp ? Math.max(0, value - half) : value - half, high: clamp ? Math.min(1, value + half) : value + half };
}

const chosenBy = (rule: DecodingRule, { candidates, greedy }: VerdictsRecord, members?: Int32Array): Candidate | null => {
  if (rule.choose === 'greedy') return greedy;
  const pool = poolOf(candidates.map(({ verdict, values }) => ({ answer: verdict.status === 'none' ? undefined : verdict.normalised, values })));
  return candidates[chooseIn(rule, pool, members ?? everyMember(pool))] ?? null;
};
const isRight = (candidate: Candidate | null): number => (candidate?.verdict.status === 'right' ? 1 : 0);

function ruleResult(rule: DecodingRule, records: readonly VerdictsRecord[]): RuleResult {
  const chosen = records.map((record) => chosenBy(rule, record));
  const right = chosen.map(isRight);
  const none = chosen.filter((one) => one === null || one.verdict.status === 'none');
  const truncated = none.filter((one) => one?.truncated).length;
  const accuracy = estimateOf(right);
  const rights = right.filter((one) => one === 1).length;
  return { rule: rule.name, title: rule.title, accuracy, wilson: accuracy, exact: null, counts: { right: rights, wrong: records.length - rights - none.length, none: none.length - truncated, truncated } };
}

/** Everything of an evaluation that the records allow, by these rules. */
export function exampleEvaluation(records: readonly VerdictsRecord[], ruleNames: readonly string[] = ['greedy', 'maj', 'bon-min', 'vote-sum-min', 'vote-sum-last', 'vote-mean-mean']): Evaluation {
  const first = records[0]!;
  const scored = first.scorer !== null;
  const rules = decodingRules.filter(({ name, reduce, choose }) => ruleNames.includes(name) && (scored || reduce === undefined) && (choose !== 'greedy' || first.greedy !== null));
  const n = Math.min(...records.map(({ candidates }) => candidates.length));
  const rightOf = (record: VerdictsRecord, size: number): number => Math.max(...record.candidates.slice(0, size).map(isRight));
  const sizes = [1, 2, 4, 8, 16, 32, 64].filter((size) => size <= n);
  const passOf = (of: readonly VerdictsRecord[]) => sizes.map((k) => ({ k, passAtK: estimateOf(of.map((record) => rightOf(record, k))), passHatK: estimateOf(of.map((record) => Math.min(...record.candidates.slice(0, k).map(isRight)))) }));
  const names = [...new Set(records.map(({ item }) => item.dataset))];
  const sets = names.map((name): SetResult => {
    const own = records.filter(({ item }) => item.dataset === name);
    const all = own.flatMap(({ candidates }) => candidates);
    const countOf = (status: string, truncated?: boolean): number => all.filter((one) => one.verdict.status === status && (truncated === undefined || one.truncated === truncated)).length;
    return {
      name, title: name === 'medqa' ? 'MedQA' : name, n: own.length, failed: 0, noAnswer: own.filter(({ candidates }) => candidates.every(({ verdict }) => verdict.status === 'none')).length, chance: 0.25, majorityClass: 0.28,
      rules: rules.map((rule) => ruleResult(rule, own)), pass: passOf(own),
      samples: { samples: all.length, right: countOf('right'), wrong: countOf('wrong'), none: countOf('none', false), truncated: countOf('none', true), unscored: all.filter(({ values }) => values === null).length },
    };
  });
  const average: Average = { name: 'micro', sets: names, n: records.length, chance: 0.25, majorityClass: 0.28, rules: rules.map((rule) => ruleResult(rule, records)), pass: passOf(records) };
  const macro: Average = { ...average, name: 'macro', rules: average.rules.map((rule) => ({ ...rule, wilson: null, counts: null })) };
  const right = new Map(rules.map((rule) => [rule.name, records.map((record) => isRight(chosenBy(rule, record)))]));
  const paired = rules.flatMap((a, index) => rules.slice(index + 1).map((b): PairResult => {
    const differences = right.get(a.name)!.map((one, at) => one - right.get(b.name)![at]!);
    const [onlyA, onlyB] = [differences.filter((one) => one > 0).length, differences.filter((one) => one < 0).length];
    return { a: a.name, b: b.name, difference: estimateOf(differences, false), onlyA, onlyB, p: onlyA + onlyB === 0 ? null : Math.min(1, 2 ** -Math.abs(onlyA - onlyB)), test: onlyA + onlyB === 0 ? 'none' : 'exact' };
  }));
  const generated = mean(records.map(({ usage, candidates }) => usage.completionTokens / candidates.length));
  const curveOf = (rule: string, title: string, accuracy: (record: VerdictsRecord, size: number) => number, perToken: number): Curve => ({
    rule, title, points: sizes.map((size) => ({ n: size, accuracy: estimateOf(records.map((record) => accuracy(record, size))), tokens: generated * size, totalTokens: 120 + generated * size * perToken })),
  });
  const bin = (values: readonly number[], right: number) => (low: number): PrmPart['bins'][number] => {
    const own = values.filter((value) => value >= low && (value < low + 0.1 || low > 0.85));
    return { low, high: low + 0.1, n: own.length, value: own.length === 0 ? null : mean(own), right: own.length === 0 ? null : Math.min(1, mean(own) * right) };
  };
  const partOf = (values: readonly number[], right: number): PrmPart => ({
    prefixes: values.length, rollouts: values.length, auroc: { value: 0.78, low: 0.74, high: 0.82 }, brier: { value: 0.19, low: 0.17, high: 0.21 }, ece: { value: 0.06, low: 0.04, high: 0.09 },
    bins: [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9].map(bin(values, right)),
  });
  const all = records.flatMap(({ candidates }) => candidates.map(({ values }) => values ?? []));
  return {
    evaluation: 1, policy: first.policy, scorer: first.scorer, grader: first.grader, graderToo: 'none', decode: first.decode, candidates: n, items: records.length, failed: 0, sets, averages: sets.length > 1 ? [average, macro] : [], paired,
    curves: [curveOf('pass@N', 'pass@N (any right)', rightOf, 1), ...rules.filter(({ choose }) => choose !== 'greedy').map((rule) => curveOf(rule.name, rule.title, (record, size) => isRight(chosenBy(rule, record, Int32Array.from({ length: size }, (_, at) => at))), rule.reduce === undefined ? 1 : 2.1))],
    costs: rules.map(({ name, reduce, choose }) => ({ rule: name, promptTokens: 120, cachedTokens: null, generatedTokens: choose === 'greedy' ? 60 : generated * n, scorerTokens: reduce === undefined ? 0 : generated * n, policyFlops: 2 * 1.1e6 * generated * n, scorerFlops: reduce === undefined ? 0 : 2 * 1.1e6 * generated * n })),
    equalCost: rules.filter(({ reduce }) => reduce !== undefined).map(({ name }) => ({ rule: name, n, by: 'tokens' as const, m: n * 2, ruleAccuracy: estimateOf(right.get(name)!), majorityAccuracy: estimateOf(right.get('maj') ?? []), difference: { value: 0.01, low: -0.02, high: 0.04 }, note: `maj@${n * 2} would need more candidates than there are` })),
    prm: scored ? { inner: partOf(all.flatMap((values) => values.slice(0, -1)), 0.9), final: partOf(all.flatMap((values) => values.slice(-1)), 1.1), all: partOf(all.flat(), 1) } : null,
    tokens: { prompt: 120 * records.length, cached: null, generated: records.reduce((sum, { usage }) => sum + usage.completionTokens, 0), scorer: records.reduce((sum, { scorerUsage }) => sum + scorerUsage.promptTokens, 0) },
    notes: ['Sets with fewer than 100 items: the macro average weighs their chance as much as any other.'], method: { draws: 10_000, seed: 0, subsets: 200, confidence: 0.95 },
  };
}
