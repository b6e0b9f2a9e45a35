// The kinds of a leak, from the plainest to the one that needs the most judgement. A pair of a question and an item is reported under the first that fits.
import { FaultError } from '@slowthink/faults';

export const leakKinds = ['verbatim', 'options re-ordered', 'numbers changed', '13-gram', 'short', 'words changed'] as const;

/**
 * - `verbatim`: the same words and the same options in the same order.
 * - `options re-ordered`: the same words, the same options in another order.
 * - `numbers changed`: the same words once every number is masked, as the whole question or inside it.
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

/** Kinds by their names, in the order of `leakKinds`; `all` is every one, and a hyphen may stand for a space. SETTING_INVALID. */
export function leakKindsOf(names: readonly string[], flag: string): readonly LeakKind[] {
  const wanted = names.map((name) => name.trim().toLowerCase()).map((name) => {
    if (name === 'all') return name;
    const kind = leakKinds.find((each) => each === name || each.replaceAll(' ', '-') === name);
    if (kind === undefined) throw new FaultError('SETTING_INVALID', `${flag} has ${JSON.stringify(name)}; allowed: all, ${leakKinds.map((each) => each.replaceAll(' ', '-')).join(', ')}.`, { hint: `Give ${flag} names of kinds, each with a space or a hyphen between its words.` });
    return kind;
  });
  return wanted.includes('all') ? leakKinds : leakKinds.filter((kind) => wanted.includes(kind));
}
