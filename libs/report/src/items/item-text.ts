import { chooseIn, poolOf, type DecodingRule } from '@slowthink/decoding';
import type { Candidate, Gold, VerdictsRecord } from '@slowthink/records';

/** What a rule's choice came to: right, wrong, none (it states no answer), truncated (none, since it was cut off), absent (the item has no such solution: no greedy one was asked for). */
export type Outcome = 'r' | 'w' | 'n' | 't' | '-';

/** An item as a row of the list holds it. `outcomes` has one letter a rule, `any` one a candidate. */
export type ItemRow = readonly [id: string, set: string, question: string, outcomes: string, any: string];

/** A candidate as the browser draws it. */
export interface ShownCandidate {
  readonly outcome: Outcome;
  readonly answer: string;
  readonly exact?: string; // by the second grader
  readonly steps: readonly string[];
  readonly values: readonly number[] | null;
  readonly unscored?: string;
  readonly reasoning?: string;
  readonly truncated: boolean;
  readonly tokens: number;
  readonly seed: number;
}

/** All the rest of an item, unpacked when it is looked at. */
export interface ItemText {
  readonly gold: string;
  readonly history: readonly { readonly role: string; readonly content: string }[];
  readonly candidates: readonly ShownCandidate[];
  readonly greedy: ShownCandidate | null;
  /** Index of the chosen candidate of each rule; -1: it chose none; -2: the greedy one. */
  readonly chosen: readonly number[];
}

export const greedyChosen = -2;

export const outcomeOf = (candidate: Candidate | null | undefined): Outcome => (candidate === null || candidate === undefined ? '-' : candidate.verdict.status === 'right' ? 'r' : candidate.verdict.status === 'wrong' ? 'w' : candidate.truncated ? 't' : 'n');

/** The right answer as people read it, with what else counts as right. */
export function goldLine(gold: Gold): string {
  switch (gold.kind) {
    case 'choice': return `${gold.answer}. ${gold.options.find(({ letter }) => letter === gold.answer)?.text ?? ''}`.trimEnd();
    case 'digit': return [gold.answer, gold.classes?.find(({ digit }) => digit === gold.answer)?.text].filter((part) => part !== undefined && part !== '').join(': ');
    case 'number': return `${gold.answer} ${gold.unit}`.trim() + (gold.lower !== undefined && gold.upper !== undefined ? ` (right from ${gold.lower} to ${gold.upper})` : gold.tolerance > 0 ? ` (right within ${Number((gold.tolerance * 100).toPrecision(3))} %)` : '');
    case 'span': case 'name': return [gold.answer, ...gold.alternatives ?? []].join(' / ');
    case 'text': case 'yes-no-maybe': case 'open': return gold.answer;
  }
}

const shown = (candidate: Candidate): ShownCandidate => ({
  outcome: outcomeOf(candidate), answer: candidate.verdict.answer, steps: candidate.steps, values: candidate.values, truncated: candidate.truncated, tokens: candidate.tokens, seed: candidate.seed,
  ...(candidate.exact === undefined ? {} : { exact: candidate.exact }), ...(candidate.unscored === undefined ? {} : { unscored: candidate.unscored }), ...(candidate.reasoning === undefined ? {} : { reasoning: candidate.reasoning }),
});

/** A record as the two things that the browser needs of it. What a rule chose is decided again from answers and values, by the rules of libs/decoding: nothing of the choice stands in the record. A rule that chose no candidate counts as none: nobody states an answer. */
export function itemOf({ item, candidates, greedy }: VerdictsRecord, rules: readonly DecodingRule[]): { readonly row: ItemRow; readonly text: ItemText } {
  const pool = poolOf(candidates.map(({ verdict, values }) => ({ answer: verdict.status === 'none' ? undefined : verdict.normalised, values })));
  const chosen = rules.map((rule) => (rule.choose === 'greedy' ? (greedy === null ? -1 : greedyChosen) : chooseIn(rule, pool)));
  const any = candidates.map(outcomeOf).join('');
  const nobody: Outcome = any.includes('n') ? 'n' : 't'; // of a vote without any answer: truncated where every candidate was
  const outcomes = rules.map((rule, at) => (rule.choose === 'greedy' ? outcomeOf(greedy) : chosen[at]! < 0 ? nobody : outcomeOf(candidates[chosen[at]!]))).join('');
  return {
    row: [item.id, item.dataset, item.prompt.text, outcomes, any],
    text: { gold: goldLine(item.gold), history: item.prompt.history ?? [], candidates: candidates.map(shown), greedy: greedy === null ? null : shown(greedy), chosen },
  };
}
