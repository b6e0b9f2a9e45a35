import type { PairRecord, TrajectoryRecord, TreeRecord } from '@slowthink/records';
import { finishedChains } from './chains.ts';
import type { LabelSettings } from './label-settings.ts';
import { pairsOf } from './pairs.ts';
import { trajectoriesOf } from './trajectories.ts';

/**
 * Everything a closed tree gives under some label settings: its chains in canonical order, then its pairs, widest gap first. Pure: the same tree and settings give the same records.
 * Nothing for a failed tree, and with `filterInvalid` nothing for one that lacks a right or a wrong chain.
 */
export function labelTree(tree: TreeRecord, settings: LabelSettings): readonly (TrajectoryRecord | PairRecord)[] {
  if (tree.status === 'failed') return [];
  const chains = finishedChains(tree, settings.unsimulated);
  if (settings.filterInvalid && !(chains.some(({ right }) => right) && chains.some(({ right }) => !right))) return [];
  return [...trajectoriesOf(tree, chains, settings), ...pairsOf(tree, settings)];
}
