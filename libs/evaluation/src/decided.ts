// What each rule chose on each item, from the same candidates.
import { chooseIn, decodingRules, type DecodingRule } from '@slowthink/decoding';
import { FaultError } from '@slowthink/faults';
import { outcomes, RIGHT, type ItemColumns } from './columns.ts';
import { columnOf, type Layout } from './layout.ts';

/** A rule on all items, in the order of the layout. */
export interface Decided {
  readonly rule: DecodingRule;
  readonly outcomes: Uint8Array;
  readonly right: Float64Array; // 1: right
  readonly exact: Float64Array | null; // 1: right by the second grader; null where a candidate has no such verdict
}

/** The rules that these items allow: scored ones with a scorer, greedy where every item has its greedy solution. What is asked for and not allowed is EVALUATION_RULE_UNAVAILABLE; what is left out unasked is said in `notes`. */
export function rulesFor(items: readonly ItemColumns[], asked: readonly DecodingRule[] | undefined): { readonly rules: readonly DecodingRule[]; readonly notes: readonly string[] } {
  const scorer = items[0]!.scorer !== null;
  const greedy = items.filter(({ greedy: solution }) => solution !== null).length;
  const whyNot = ({ choose, reduce }: DecodingRule): string | undefined => {
    if (choose === 'greedy' && greedy < items.length) return `${items.length - greedy} of ${items.length} items have no greedy solution`;
    return reduce !== undefined && !scorer ? 'these candidates have no step values' : undefined;
  };
  if (asked === undefined) return { rules: decodingRules.filter((rule) => whyNot(rule) === undefined), notes: greedy > 0 && greedy < items.length ? [`The rule greedy is left out: ${items.length - greedy} of ${items.length} items have no greedy solution.`] : [] };
  for (const rule of asked) {
    const why = whyNot(rule);
    if (why !== undefined) throw new FaultError('EVALUATION_RULE_UNAVAILABLE', `The rule ${rule.name} cannot be computed: ${why}.`);
  }
  return { rules: asked, notes: [] };
}

export function decide(layout: Layout, rule: DecodingRule): Decided {
  const { items } = layout;
  const decisions = items.map((item) => decisionOn(item, rule));
  const exact = decisions.every((one) => one.exact !== null);
  return {
    rule, outcomes: Uint8Array.from(decisions, ({ outcome }) => outcome), right: columnOf(layout, (_, at) => Number(decisions[at]!.outcome === RIGHT)),
    exact: exact ? Float64Array.from(decisions, (one) => one.exact!) : null,
  };
}

interface Decision { readonly outcome: number; readonly exact: number | null }

/** Where no candidate states an answer, nobody votes: the item is truncated where all candidates were cut off, else none. */
function decisionOn({ pool, outcomes: codes, exact, greedy }: ItemColumns, rule: DecodingRule): Decision {
  if (rule.choose === 'greedy') return greedy!;
  const chosen = chooseIn(rule, pool);
  if (chosen >= 0) return { outcome: codes[chosen]!, exact: exact === null ? null : exact[chosen]! };
  const [none, truncated] = [outcomes.indexOf('none'), outcomes.indexOf('truncated')];
  return { outcome: codes.includes(none) ? none : truncated, exact: exact === null ? null : 0 };
}
