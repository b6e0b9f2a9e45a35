import type { PairRecord, PairSide, TreeRecord } from '@slowthink/records';
import { goldText } from './gold-text.ts';
import type { LabelSettings } from './label-settings.ts';
import { familyOf, pairRules, type PairRule, type Preference } from './pair-rules.ts';
import { prefixesOf, type Prefix } from './prefixes.ts';
import { recordFrame } from './record-frame.ts';
import { gapOf, widestPairs } from './widest-pairs.ts';

/**
 * The preference pairs of a closed tree, of the kinds that are set. Two texts make one pair at most, the first in the order of pairs, and so do two nodes: the same two texts teach the same thing twice. No pair has the same text
 * on both sides, and none contradicts another: where one pair of the tree prefers A to B and one B to A, these texts were simulated to opposite values in different places, nothing says which is better, and neither stays. The paper
 * is silent here. Order: widest gap first, then kind, then canonical order of the nodes; `pairsMax` cuts there, since one tree can give hundreds, and changes nothing of what contradicts what.
 * Memory: the prefixes of one tree and twice `pairsMax` pairs.
 */
export function pairsOf(tree: TreeRecord, settings: LabelSettings): readonly PairRecord[] {
  if (settings.pairs.length === 0) return [];
  const prefixes = prefixesOf(tree);
  const family = familyOf(tree, settings.pairThreshold!);
  const rules = settings.pairs.map((kind) => pairRules[kind](prefixes, family));
  return widestPairs(consistentPairs(rules), settings.pairsMax).map((preference, ordinal) => pairOf(tree, preference, ordinal, settings));
}

/** The pairs of two texts whose reverse no rule has. */
function* consistentPairs(rules: readonly PairRule[]): Iterable<Preference> {
  for (const rule of rules) {
    for (const pair of rule.pairs()) {
      const [chosen, rejected] = [pair.chosen.text, pair.rejected.text];
      if (chosen !== rejected && !rules.some(({ prefers }) => prefers(rejected, chosen))) yield pair;
    }
  }
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
