import { STEP_SEPARATOR } from '@slowthink/prompts';
import type { Gold, TrajectoryRecord, TreeNode, TreeRecord } from '@slowthink/records';
import { labelRecipe, type LabelRecipe } from './label-recipes.ts';

/**
 * The labelled chains of a closed tree, in canonical order of their leaves (expansion, child, chain): positive for a right Finish, negative for a wrong one
 * (arXiv 2501.12051 v2, section 3.2). Pure: the same tree and recipe give the same records.
 * A leaf without an answer is no Finish. A chain with a step that was never valued (simulation failed) is left out: nothing unsimulated becomes a label.
 * Of chains with equal text the first stays. Step 0 is not among the steps. A failed tree gives none. Throws SETTING_INVALID for an unknown label recipe.
 */
export function trajectoriesOf(tree: TreeRecord, labels: string): readonly TrajectoryRecord[] {
  const recipe = labelRecipe(labels);
  if (tree.status === 'failed') return [];
  const nodes = new Map(tree.nodes.map((node) => [node.id, node]));
  const chains = tree.nodes.filter(isAnsweredLeaf).map((leaf) => chainTo(leaf, nodes)).filter((chain) => chain.slice(1).every(({ value }) => value !== null));
  return firstOfEqualTexts(chains).map((chain, ordinal) => trajectory(tree, recipe, chain, ordinal));
}

const isAnsweredLeaf = ({ action, outcome, verdict }: TreeNode): boolean => action === 'finish' && outcome === 'ok' && (verdict?.status === 'right' || verdict?.status === 'wrong');

/** Root first. */
function chainTo(leaf: TreeNode, nodes: ReadonlyMap<string, TreeNode>): readonly TreeNode[] {
  const chain: TreeNode[] = [];
  for (let node: TreeNode | undefined = leaf; node !== undefined; node = node.parentId === null ? undefined : nodes.get(node.parentId)) chain.push(node);
  return chain.reverse();
}

function firstOfEqualTexts(chains: readonly (readonly TreeNode[])[]): readonly (readonly TreeNode[])[] {
  const seen = new Set<string>();
  return chains.filter((chain) => {
    const text = chain.map((node) => node.text).join(STEP_SEPARATOR);
    return !seen.has(text) && seen.add(text);
  });
}

function trajectory(tree: TreeRecord, recipe: LabelRecipe, chain: readonly TreeNode[], ordinal: number): TrajectoryRecord {
  const leaf = chain.at(-1)!;
  const { questionId, treeId, dataset, split, role, attempt, run, settingsHash, seed, policy, prompt } = tree;
  return {
    type: 'trajectory', v: 1, questionId, treeId, dataset, split, role, attempt, run, settingsHash, seed, policy, recipe: tree.search.recipe, labels: recipe.name, ordinal, leafId: leaf.id,
    polarity: leaf.verdict!.status === 'right' ? 'positive' : 'negative', prompt, answer: leaf.verdict!.normalised, gold: goldText(tree.gold),
    steps: chain.slice(1).map(({ id, requestId, text, value, visits, right, simulations }) => ({
      nodeId: id, requestId, text, value: value!, label: recipe.label(value!), visits, right, simulations,
    })),
  };
}

/** The gold answer as a column shows it: letter, word, or number with its unit. */
function goldText(gold: Gold): string {
  return gold.kind === 'number' ? `${gold.answer} ${gold.unit}`.trim() : gold.answer;
}
