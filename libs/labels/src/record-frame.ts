import type { TreeRecord } from '@slowthink/records';
import { labelsHashOf, type LabelSettings } from './label-settings.ts';

/** What every record made of a tree says of where it comes from and how it was labelled. */
export function recordFrame(tree: TreeRecord, settings: LabelSettings) {
  const { questionId, treeId, dataset, split, role, attempt, run, settingsHash, seed, policy, search } = tree;
  return { v: 1, questionId, treeId, dataset, split, role, attempt, run, settingsHash, seed, policy, recipe: search.recipe, labels: settings.recipe, labelsHash: labelsHashOf(settings), stepping: search.stepping } as const;
}
