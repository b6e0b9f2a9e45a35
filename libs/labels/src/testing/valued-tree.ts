// A closed tree for tests, worked out by hand in the golden trees of libs/search: no part of the product imports this file.
import type { PairRecord, TrajectoryRecord, TreeNode, TreeRecord, Verdict } from '@slowthink/records';
import { labelTree, resolveLabels, type LabelChoices } from '../index.ts';

export const verdict = (status: 'right' | 'wrong', letter: string): Verdict => ({ status, answer: `${letter}. option`, normalised: letter, rule: 'statement' });
const none: Verdict = { status: 'none', why: 'no answer', answer: '', normalised: '', rule: 'none' };
const zero = { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 8 };

export const node = (id: string, expansion: number, text: string, value: number | null, visits: number, change: Partial<TreeNode> = {}): TreeNode => ({
  id, parentId: id.includes('.') ? id.slice(0, id.lastIndexOf('.')) : null, depth: id.split('.').length - 1, expansion, action: 'reason', asked: 'reason', refined: false, forced: false, outcome: 'ok', text, truncated: false,
  value, visits, right: null, simulations: null, requestId: id === '0' ? '' : `tree/${expansion}/reason`, ...change,
});

/** root; a positive chain of four steps .725 .775 .9 1; a negative chain .291667 0; and a leaf that states no answer. */
export const valuedTree: TreeRecord = {
  type: 'tree', v: 1, questionId: 'medqa/test/1', treeId: 'tree', dataset: 'medqa', split: 'test', role: 'train', attempt: 1, run: 'run', settingsHash: 'settings', seed: 5,
  policy: { model: 'scripted', revision: '1' },
  search: {
    recipe: 'meds3-v2', exploration: 2, unvisitedScore: 5, childrenMax: 2, nodesMax: 8, depthMax: null, correctLeavesMax: 4, samplesMax: null, tokensMax: null, gateLow: 0.5, gateHigh: 0.9, backup: 'comp', reflect: 'off', refinesMax: 0, wave: 1,
    forcedFinish: 'none', forcedFinishEnough: 3, simulationBase: 20, simulationMin: 5, simulating: 'fixed', questionTokensMax: 8192, prompting: 'one-shot', stepping: 'marked', choosing: 'asked', grader: 'rules', step: zero, finish: zero, choice: zero, rollout: zero,
  },
  prompt: { text: 'Chest pain. What helps?\nA. Aspirin\nB. Nitroglycerin' }, gold: { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'Aspirin' }, { letter: 'B', text: 'Nitroglycerin' }] },
  status: 'closed', stop: 'nodes', usage: { requests: 5, samples: 40, promptTokens: 100, completionTokens: 400 },
  selections: [],
  nodes: [
    node('0', 0, "Let's break down this problem step by step.", 0.587412, 7, { action: 'root', asked: 'root' }),
    node('0.0', 1, 'Look at the heart.', 0.725, 4, { right: 9, simulations: 10 }),
    node('0.1', 1, 'Look at the lungs.', 0.291667, 3, { right: 5, simulations: 10 }),
    node('0.0.0', 2, 'Weigh the findings.', 0.775, 3, { right: 3, simulations: 6 }),
    node('0.0.0.0', 2, 'Rule out A.', 0.9, 2, { right: 4, simulations: 5 }),
    node('0.0.0.0.0', 2, 'The answer is B.', 1, 1, { action: 'finish', asked: 'finish', verdict: verdict('right', 'B') }),
    node('0.1.0', 3, 'This is hard to say.', 0.333333, 1, { right: 2, simulations: 6, verdict: none }),
    node('0.1.1', 3, 'The answer is A.', 0, 1, { action: 'finish', asked: 'finish', verdict: verdict('wrong', 'A') }),
  ],
};

export const withNodes = (...more: readonly TreeNode[]): TreeRecord => ({ ...valuedTree, nodes: [...valuedTree.nodes, ...more] });

/** The chains of a tree under some choices; the defaults are those of meds3-v2. */
export const trajectoriesOf = (tree: TreeRecord, choices: LabelChoices = {}): readonly TrajectoryRecord[] => labelTree(tree, resolveLabels('meds3-v2', choices)).filter((record) => record.type === 'trajectory');

/** Its pairs. */
export const pairsOf = (tree: TreeRecord, choices: LabelChoices = {}): readonly PairRecord[] => labelTree(tree, resolveLabels('meds3-v2', choices)).filter((record) => record.type === 'pair');

/** A tree of the given nodes below Step 0. */
export const treeOf = (...nodes: readonly TreeNode[]): TreeRecord => ({ ...valuedTree, nodes: [valuedTree.nodes[0]!, ...nodes] });

export const finish = (id: string, expansion: number, text: string, status: 'right' | 'wrong', change: Partial<TreeNode> = {}): TreeNode => (
  node(id, expansion, text, status === 'right' ? 1 : 0, 1, { action: 'finish', asked: 'finish', verdict: verdict(status, status === 'right' ? 'B' : 'A'), ...change }));
