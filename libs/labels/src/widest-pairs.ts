import { pairKinds } from './label-settings.ts';
import type { Preference } from './pair-rules.ts';

/**
 * The pairs in their order, widest gap first, then kind, then canonical order of the nodes; of two that have the same two texts the first; `pairsMax` at most, or all.
 * Memory: twice `pairsMax`, however many are given. Once `pairsMax` are found, none behind the last of them can be taken, whatever follows: what is kept only gets wider.
 */
export function widestPairs(preferences: Iterable<Preference>, pairsMax: number | null): readonly Preference[] {
  let kept: Preference[] = [];
  let last: Preference | undefined; // of the first pairsMax so far
  for (const preference of preferences) {
    if (last !== undefined && byGap(preference, last) > 0) continue;
    kept.push(preference);
    if (pairsMax === null || kept.length < 2 * pairsMax) continue;
    kept = firstOfEqualTexts(kept).slice(0, pairsMax);
    last = kept[pairsMax - 1];
  }
  return firstOfEqualTexts(kept).slice(0, pairsMax ?? undefined);
}

export const gapOf = ({ chosenValue, rejectedValue }: Preference): number => chosenValue - rejectedValue;

const byGap = (a: Preference, b: Preference): number => (
  gapOf(b) - gapOf(a) || pairKinds.indexOf(a.kind) - pairKinds.indexOf(b.kind) || a.chosen.place - b.chosen.place || a.rejected.place - b.rejected.place);

function firstOfEqualTexts(preferences: readonly Preference[]): Preference[] {
  const seen = new Set<string>();
  return preferences.toSorted(byGap).filter(({ chosen, rejected }) => { const texts = `${chosen.text} ${rejected.text}`; return !seen.has(texts) && seen.add(texts); });
}
