import { isCeiling, type Estimate, type Evaluation } from '@slowthink/evaluation';
import { interval, percent, points, pText } from './number-text.ts';
import type { Results } from './write-results.ts';

/** Rules that the terminal shows where there are many: the report has them all. */
const shownRules = ['greedy', 'maj', 'bon-min', 'vote-sum-min', 'vote-sum-last', 'vote-mean-min'];

/** What a person sees at the end: accuracy by set and rule, the differences that matter, where the files lie. */
export function describeEvaluation({ evaluation, paths, rulesAsked }: Pick<Results, 'evaluation' | 'paths' | 'rulesAsked'>): string {
  const { sets, averages, candidates, policy, scorer, paired, notes } = evaluation;
  const names = sets[0]?.rules.map(({ rule }) => rule) ?? [];
  const shown = names.length > 8 && !rulesAsked ? names.filter((name) => shownRules.includes(name)) : names;
  const ceilingIn = (of: readonly string[]) => (k: number): boolean => isCeiling(evaluation, of, k);
  const lines = [`${policy.model}@${policy.revision}${scorer === null ? ', no step scorer' : `, scorer ${scorer.model}@${scorer.revision}`}, ${candidates} candidates an item. Accuracy in % with 95 % intervals.`];
  lines.push(...(sets.length > 2 ? tableText(sets, averages, shown) : sets.flatMap((set) => [setText(set), ...rulesText(set.rules, shown, set.pass, ceilingIn([set.name]))])));
  for (const { name, sets: names, n, rules, pass } of averages) lines.push(`${name}, ${n} items`, ...rulesText(rules, shown, pass, ceilingIn(names)));
  lines.push(...pairsText(paired));
  for (const note of notes) lines.push(`Note: ${note}`);
  lines.push(`Report: ${paths.report}`, `Results: ${paths.folder}`);
  return lines.join('\n');
}

const setText = ({ name, n, failed, noAnswer, chance, majorityClass }: Evaluation['sets'][number]): string =>
  `${name}: ${n} items${failed > 0 ? `, ${failed} failed` : ''}${noAnswer > 0 ? `, ${noAnswer} without any answer` : ''}${chance === null ? '' : `; random choice ${percent(chance)}`}${majorityClass === null ? '' : `, most frequent answer ${percent(majorityClass)}`}`;

/** A row a set and a column a rule, without intervals: those of many sets stand in the report. */
function tableText(sets: Evaluation['sets'], averages: Evaluation['averages'], shown: readonly string[]): readonly string[] {
  const width = Math.max(...[...sets, ...averages].map(({ name }) => name.length));
  const titles = sets[0]!.rules.filter(({ rule }) => shown.includes(rule)).map(({ title }) => title);
  const row = (name: string, n: string, chance: string, cells: readonly string[], failed: number, noAnswer: number): string =>
    `  ${name.padEnd(width)} ${n.padStart(6)} ${chance.padStart(7)}${cells.map((cell, at) => cell.padStart((titles[at]?.length ?? 6) + 2)).join('')}${failed > 0 ? `   ${failed} failed` : ''}${noAnswer > 0 ? `   ${noAnswer} without any answer` : ''}`;
  return [
    row('', 'items', 'chance', [...titles, `pass@${sets[0]!.pass.at(-1)?.k ?? 1}`], 0, 0),
    ...sets.map(({ name, n, chance, rules, pass, failed, noAnswer }) => row(name, String(n), percent(chance), [...rules.filter(({ rule }) => shown.includes(rule)).map(({ accuracy }) => percent(accuracy.value)), percent(pass.at(-1)?.passAtK.value ?? null)], failed, noAnswer)),
  ];
}

function rulesText(rules: Evaluation['sets'][number]['rules'], shown: readonly string[], pass: Evaluation['sets'][number]['pass'], isCeilingAt: (k: number) => boolean): readonly string[] {
  const oracle = pass.at(-1);
  const width = Math.max(...rules.map(({ title }) => title.length), `pass@${oracle?.k ?? 1}`.length);
  return [
    ...rules.filter(({ rule }) => shown.includes(rule)).map(({ title, accuracy, wilson, exact }) => `  ${title.padEnd(width)}  ${drawn(accuracy, wilson)}${exact === null ? '' : `   exact match ${percent(exact.value)}`}`),
    ...(oracle === undefined ? [] : [`  ${`pass@${oracle.k}`.padEnd(width)}  ${interval(oracle.passAtK)}${isCeilingAt(oracle.k) ? '   the ceiling of every rule that chooses among them' : ''}`]),
  ];
}

/** Where every item is alike a bootstrap gives a point; Wilson's interval of the share says what that many items can tell. */
const drawn = (accuracy: Estimate, wilson: Estimate | null): string => (accuracy.low === accuracy.high && wilson !== null ? `${interval(wilson)}   by Wilson: every item is alike` : interval(accuracy));

/** P-VS and best-of-N (min) against the majority, and the majority against greedy. */
function pairsText(paired: Evaluation['paired']): readonly string[] {
  const wanted: readonly (readonly [string, string])[] = [['vote-sum-min', 'maj'], ['bon-min', 'maj'], ['maj', 'greedy']];
  return wanted.flatMap(([a, b]) => {
    const found = paired.find((pair) => (pair.a === a && pair.b === b) || (pair.a === b && pair.b === a));
    if (found === undefined) return [];
    const { value, low, high } = found.difference;
    const turned = (share: number | null): number | null => (share === null || found.a === a ? share : -share);
    const [from, to] = found.a === a ? [low, high] : [turned(high), turned(low)];
    return [`${a} − ${b}: ${points(turned(value))} points [${points(from)}, ${points(to)}]${pText(found.p)}`];
  });
}

/** What --json says; everything else stands in summary.json. */
export function evaluationSummary({ evaluation, paths }: Pick<Results, 'evaluation' | 'paths'>): object {
  const { sets, averages, paired, tokens, candidates, items, failed } = evaluation;
  const rulesOf = (rules: Evaluation['sets'][number]['rules']): object => Object.fromEntries(rules.map(({ rule, accuracy: { value, low, high } }) => [rule, { accuracy: value, low, high }]));
  return {
    items, failed, candidates, sets: Object.fromEntries(sets.map(({ name, n, noAnswer, rules }) => [name, { n, noAnswer, rules: rulesOf(rules) }])), averages: Object.fromEntries(averages.map(({ name, rules }) => [name, rulesOf(rules)])),
    paired: Object.fromEntries(paired.map(({ a, b, difference: { value, low, high } }) => [`${a} - ${b}`, { difference: value, low, high }])), tokens, report: paths.report, results: paths.folder,
  };
}
