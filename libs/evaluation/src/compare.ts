// Two runs over the same items: each item is its own control, so the interval of the difference is narrower than those of the two accuracies.
import type { DecodingRule } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';
import { mcnemar } from '@slowthink/statistics';
import { sizeOf, type ItemColumns } from './columns.ts';
import type { ComparedPart, ComparedRule, ComparedRun, Comparison } from './comparison.ts';
import { decide, rulesFor } from './decided.ts';
import { estimatesOf, microScope, setScope, type Scope } from './estimates.ts';
import { layOut, type Layout } from './layout.ts';
import { setTitleOf } from './notes.ts';
import { discordantOf } from './results.ts';
import { identityOf } from './run-identity.ts';
import type { EvaluateOptions } from './summarise.ts';

/**
 * Per rule and set, over the items that both runs have (the same id): paired difference, its interval, McNemar, and which items flip. The two runs may differ in anything: policy, scorer, grader, number of candidates.
 * Faults: EVALUATION_NOTHING_COMMON, EVALUATION_ITEMS_DIFFER (one id, other prompt or gold), EVALUATION_RULE_UNAVAILABLE for a rule that is asked for and that a run does not allow, and those of `summarise`.
 */
export function compareEvaluations(a: Iterable<ItemColumns>, b: Iterable<ItemColumns>, options: Pick<EvaluateOptions, 'seed' | 'draws' | 'confidence' | 'rules' | 'titles'> = {}): Comparison {
  const { seed = 0, draws = 10_000, confidence = 0.95, titles = {} } = options;
  const [allA, allB] = [layOut(a), layOut(b)];
  const [ofA, ofB] = [byId(allA), byId(allB)];
  const common = allA.items.filter(({ id }) => ofB.has(id));
  if (common.length === 0) throw new FaultError('EVALUATION_NOTHING_COMMON', `The two runs have no item in common: one has ${examplesOf(allA)}, the other ${examplesOf(allB)}.`);
  for (const { id, content } of common) if (ofB.get(id)!.content !== content) throw new FaultError('EVALUATION_ITEMS_DIFFER', `Item ${id} has another prompt or another gold answer in the second run.`);
  const [layoutA, layoutB] = [layOut(common), layOut(common.map(({ id }) => ofB.get(id)!))];
  const { rules, notes } = rulesOf(layoutA.items, layoutB.items, options.rules);
  const decided = rules.map((rule) => ({ rule, a: decide(layoutA, rule).right, b: decide(layoutB, rule).right }));
  const estimates = estimatesOf(layoutA, [decided.flatMap((one) => [one.a, one.b])], { draws, seed, confidence });

  const partOf = (rightA: Float64Array, rightB: Float64Array, set: string | null, scope: Scope, from: number, to: number): ComparedPart => {
    const { onlyA, onlyB } = discordantOf(rightA, rightB, from, to);
    return { set, title: set === null ? 'all items' : setTitleOf(set, titles), n: to - from, a: estimates.of(rightA, scope), b: estimates.of(rightB, scope), difference: estimates.difference(rightA, rightB, scope), onlyA, onlyB, ...mcnemar(onlyA, onlyB) };
  };
  const { items, sets } = layoutA;
  const idsWhere = (holds: (at: number) => boolean): readonly string[] => items.flatMap(({ id }, at) => (holds(at) ? [id] : []));
  return {
    comparison: 1, a: runOf(allA), b: runOf(allB), items: items.length,
    onlyInA: allA.items.filter(({ id }) => !ofB.has(id)).map(({ id }) => id), onlyInB: allB.items.filter(({ id }) => !ofA.has(id)).map(({ id }) => id),
    rules: decided.map(({ rule: { name, title }, a: rightA, b: rightB }): ComparedRule => ({
      rule: name, title, all: partOf(rightA, rightB, null, microScope(layoutA), 0, items.length), sets: sets.map((set, at) => partOf(rightA, rightB, set.name, setScope(at), set.from, set.to)),
      flips: { onlyA: idsWhere((at) => rightA[at]! > rightB[at]!), onlyB: idsWhere((at) => rightB[at]! > rightA[at]!) },
    })),
    notes: [...notes, ...otherwise(runOf(layoutA), runOf(layoutB))],
    method: { draws, seed, confidence },
  };
}

const byId = ({ items }: Layout): ReadonlyMap<string, ItemColumns> => new Map(items.map((item) => [item.id, item]));
const examplesOf = ({ items }: Layout): string => items.slice(0, 2).map(({ id }) => id).join(', ') + (items.length > 2 ? ', …' : '');
const fewestOf = ({ items }: Layout): number => items.reduce((least, item) => Math.min(least, sizeOf(item)), Infinity);
const runOf = (layout: Layout): ComparedRun => ({ ...identityOf(layout.items), candidates: fewestOf(layout), items: layout.items.length });

/** Rules that both runs allow; of rules that are asked for, each must. */
function rulesOf(a: readonly ItemColumns[], b: readonly ItemColumns[], asked: readonly DecodingRule[] | undefined): ReturnType<typeof rulesFor> {
  const [ofA, ofB] = [rulesFor(a, asked), rulesFor(b, asked)];
  const rules = ofA.rules.filter((rule) => ofB.rules.includes(rule));
  const missing = [...ofA.rules, ...ofB.rules].filter((rule) => !rules.includes(rule));
  return { rules, notes: missing.length === 0 ? [] : [`Only one of the two runs allows these rules, which are left out: ${missing.map(({ name }) => name).join(', ')}.`] };
}

/** What else than the model a difference may come from. */
function otherwise(a: ComparedRun, b: ComparedRun): readonly string[] {
  return [
    ...(a.candidates === b.candidates ? [] : [`The runs have ${a.candidates} and ${b.candidates} candidates an item: a difference may be one of their number.`]),
    ...(a.grader === b.grader ? [] : [`The runs were judged by other graders (${a.grader}, ${b.grader}): a difference may be one of theirs.`]),
    ...(a.decode === b.decode ? [] : [`Candidates were made in other ways (${a.decode}, ${b.decode}): a difference may be one of the search, and not of the models.`]),
  ];
}
