// The kinds of a leak, from the plainest to the one that needs the most judgement. A pair of a question and an item is reported under the first that fits.
import { FaultError } from '@slowthink/faults';

export const leakKinds = ['verbatim', 'options re-ordered', 'numbers changed', '13-gram', 'short', 'words changed'] as const;

/**
 * - `verbatim`: the same words and the same options in the same order.
 * - `options re-ordered`: the same words, the same options in another order.
 * - `numbers changed`: the same words once every number is masked, as the whole question or inside it; or a `13-gram` of a calculation that lacks one of its numbers.
 * - `13-gram`: runs of at least 13 words in a row cover a share of the item.
 * - `short`: an item below 13 words whose words stand in the question whole, with other options or none.
 * - `words changed`: a question with the same options, or without any, whose words are nearly the same.
 */
export type LeakKind = (typeof leakKinds)[number];

/**
 * What a filter drops when it is not told: all but `numbers changed`. Sets of calculations are made from templates, so that a question with other numbers is a new question; where the options stayed the same, or where
 * words without numbers run for 13, the pair is still caught as `words changed` or `13-gram`.
 */
export const filteredKinds: readonly LeakKind[] = leakKinds.filter((kind) => kind !== 'numbers changed');

/** The kinds as a user types them, and `all`. */
export const leakKindNames = ['verbatim', 'options-re-ordered', 'numbers-changed', '13-gram', 'short', 'words-changed', 'all'] as const satisfies readonly (Hyphened<LeakKind> | 'all')[];
type Hyphened<Text extends string> = Text extends `${infer Head} ${infer Tail}` ? `${Head}-${Hyphened<Tail>}` : Text;

/** Kinds by their names, in the order of `leakKinds`; `all` is every one, null or nothing what a filter drops. SETTING_INVALID: a name that is none, with the flag that had it. */
export function leakKindsOf(names: readonly string[] | null, flag = '--leak-kinds'): readonly LeakKind[] {
  if (names === null || names.length === 0) return filteredKinds;
  const wanted = names.flatMap((name) => name.split(',')).map((name) => name.trim().toLowerCase().replaceAll(' ', '-'));
  const unknown = wanted.find((name) => !(leakKindNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new FaultError('SETTING_INVALID', `${flag} has ${JSON.stringify(unknown)}; allowed: ${leakKindNames.join(', ')}.`, { hint: `Give ${flag} names of kinds.` });
  return wanted.includes('all') ? leakKinds : leakKinds.filter((kind) => wanted.includes(kind.replaceAll(' ', '-')));
}
