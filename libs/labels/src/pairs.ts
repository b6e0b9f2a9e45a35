import type { PairRecord, PairSide, TreeRecord } from '@slowthink/records';
import { goldText } from './gold-text.ts';
import { pairKinds, type LabelSettings } from './label-settings.ts';
import { familyOf, pairRules, type Preference } from './pair-rules.ts';
import { prefixesOf, type Prefix } from './prefixes.ts';
import { recordFrame } from './record-frame.ts';

/**
 * The preference pairs of a closed tree, of the kinds that are set. Two nodes make one pair at most, of the first kind in the order level, siblings, leaf; two texts too, since the same two texts teach the same thing twice;
 * and no pair has the same text on both sides. Order: widest gap first, then kind, then canonical order of the nodes; `pairsMax` cuts there, since one tree can give hundreds.
 * Memory: the pairs of one tree before the cut.
 */
export function pairsOf(tree: TreeRecord, settings: LabelSettings): readonly PairRecord[] {
  if (settings.pairs.length === 0) return [];
  const prefixes = prefixesOf(tree);
  const family = familyOf(tree, settings.pairThreshold!);
  const made = new Set<string>(); // chosen and rejected node of every pair so far
  const preferences = settings.pairs.flatMap((kind) => pairRules[kind](prefixes, family).filter(({ chosen, rejected }) => {
    const nodes = `${chosen.node.id} ${rejected.node.id}`;
    return chosen.text !== rejected.text && !made.has(nodes) && made.add(nodes);
  }));
  return firstOfEqualTexts(preferences.sort(byGap)).slice(0, settings.pairsMax ?? undefined).map((preference, ordinal) => pairOf(tree, preference, ordinal, settings));
}

const gapOf = ({ chosenValue, rejectedValue }: Preference): number => chosenValue - rejectedValue;

const byGap = (a: Preference, b: Preference): number => (
  gapOf(b) - gapOf(a) || pairKinds.indexOf(a.kind) - pairKinds.indexOf(b.kind) || a.chosen.place - b.chosen.place || a.rejected.place - b.rejected.place);

function firstOfEqualTexts(preferences: readonly Preference[]): readonly Preference[] {
  const seen = new Map<string, Set<string>>(); // rejected texts by chosen text
  return preferences.filter(({ chosen, rejected }) => {
    const against = seen.get(chosen.text) ?? new Set<string>();
    seen.set(chosen.text, against);
    return !against.has(rejected.text) && against.add(rejected.text);
  });
}

function pairOf(tree: TreeRecord, preference: Preference, ordinal: number, settings: LabelSettings): PairRecord {
  const { kind, chosen, rejected, chosenValue, rejectedValue } = preference;
  return {
    type: 'pair', ...recordFrame(tree, settings), ordinal, kind, finished: chosen.finished && rejected.finished, gap: gapOf(preference),
    reflects: new Set([...chosen.path, ...rejected.path].filter(({ asked }) => asked === 'reflect')).size, prompt: tree.prompt, gold: goldText(tree.gold), chosen: sideOf(chosen, chosenValue), rejected: sideOf(rejected, rejectedValue),
  };
}

const sideOf = ({ node, path, finished }: Prefix, value: number): PairSide => ({
  nodeId: node.id, value, answer: finished ? node.verdict!.normalised : '', steps: path.map(({ id, requestId, text }) => ({ nodeId: id, requestId, text })),
});
