import type { TrajectoryRecord, TreeRecord } from '@slowthink/records';
import { inheritedIn, type Chain } from './chains.ts';
import { goldText } from './gold-text.ts';
import { keptForSft } from './keep-top.ts';
import { labelRecipes } from './label-recipes.ts';
import type { LabelSettings } from './label-settings.ts';
import { recordFrame } from './record-frame.ts';

/** One record a chain, in the order of the chains: positive for a right Finish, negative for a wrong one (arXiv 2501.12051 v2, section 3.2). The labels of a chain depend on its own values alone. */
export function trajectoriesOf(tree: TreeRecord, chains: readonly Chain[], settings: LabelSettings): readonly TrajectoryRecord[] {
  const kept = keptForSft(chains, settings.keepTop);
  return chains.map((chain, ordinal) => trajectoryOf(tree, chain, ordinal, kept.has(chain), settings));
}

function trajectoryOf(tree: TreeRecord, chain: Chain, ordinal: number, sft: boolean, settings: LabelSettings): TrajectoryRecord {
  const { leaf, right, steps } = chain;
  const labels = labelRecipes[settings.recipe].label(steps.map(({ value }) => value), settings);
  return {
    type: 'trajectory', ...recordFrame(tree, settings), ordinal, leafId: leaf.id, polarity: right ? 'positive' : 'negative', sft, reflects: steps.filter(({ node }) => node.asked === 'reflect').length,
    unsimulated: inheritedIn(chain), prompt: tree.prompt, answer: leaf.verdict!.normalised, gold: goldText(tree.gold),
    steps: steps.map(({ node: { id, requestId, text, visits, right: ownRight, simulations }, value }, at) => ({ nodeId: id, requestId, text, value, ...labels[at]!, visits, right: ownRight, simulations })),
  };
}
