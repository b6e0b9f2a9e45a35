import { questionText } from '@slowthink/prompts';
import { isPreferenceRow, isPreferenceStepsRow, isPrmRow, isSftRow, type TrajectoryRecord } from '@slowthink/records';
import { expect, test } from 'vitest';
import { preferenceRow, preferenceStepsRow, prmRow, sftRow } from './index.ts';
import { finish, node, pairsOf, trajectoriesOf, treeOf, valuedTree, verdict, withNodes } from './testing/valued-tree.ts';

const [positive, negative] = trajectoriesOf(valuedTree) as [TrajectoryRecord, TrajectoryRecord];
const question = 'Chest pain. What helps?\nA. Aspirin\nB. Nitroglycerin';
const chain = "Step 0: Let's break down this problem step by step.\n\nStep 1: Look at the heart.\n\nStep 2: Weigh the findings.\n\nStep 3: Rule out A.\n\nStep 4: The answer is B.";

test('writes an SFT row of one user turn and one assistant turn with the whole chain', () => {
  const row = sftRow(positive);
  expect(row.prompt).toEqual([{ role: 'user', content: question }]);
  expect(row.completion).toEqual([{ role: 'assistant', content: chain }]);
  expect(row.min_value).toBe(0.725); // min(.725, .775, .9, 1); the root's .587 does not count
  expect(isSftRow(row)).toBe(true);
});

test('writes a PRM row whose prompt ends with Step 0 and whose lists have one place a step', () => {
  const row = prmRow(positive);
  expect(row.prompt).toBe(`${question}\n\nStep 0: Let's break down this problem step by step.`);
  expect(row.completions).toEqual(['Step 1: Look at the heart.', 'Step 2: Weigh the findings.', 'Step 3: Rule out A.', 'Step 4: The answer is B.']);
  expect([row.labels, row.targets, row.values, row.visits, row.rights, row.simulations]).toEqual([[true, true, true, true], [0.725, 0.775, 0.9, 1], [0.725, 0.775, 0.9, 1], [4, 3, 2, 1], [9, 3, 4, null], [10, 6, 5, null]]);
  expect([row.prompt, ...row.completions].join('\n\n')).toBe(`${question}\n\n${chain}`);
  expect(isPrmRow(row)).toBe(true);
});

test('keeps a line break inside a step inside its completion', () => {
  const tree = withNodes(node('0.2', 4, 'Two findings:\nfever and pain.', 0.6, 2), node('0.2.0', 5, 'The answer is B.', 1, 1, { action: 'finish', verdict: verdict('right', 'B') }));
  expect(prmRow(trajectoriesOf(tree)[2]!).completions).toEqual(['Step 1: Two findings:\nfever and pain.', 'Step 2: The answer is B.']);
});

test('carries negative chains with their values, and keeps them beside hard labels', () => {
  expect(prmRow(negative)).toMatchObject({ polarity: 'negative', values: [0.291667, 0], labels: [false, false], final_answer: 'A', gold: 'B' });
  expect(prmRow(trajectoriesOf(valuedTree, { recipe: 'hard' })[0]!)).toMatchObject({ values: [0.725, 0.775, 0.9, 1], labels: [true, true, true, true], targets: [1, 1, 1, 1], labels_recipe: 'hard' });
  expect(sftRow(trajectoriesOf(valuedTree, { recipe: 'hard' })[0]!).min_value).toBe(0.725);
});

test('names question, tree, leaf, nodes, requests, model, run and settings in every row', () => {
  for (const row of [sftRow(positive), prmRow(positive)]) expect(row).toMatchObject({
    id: 'medqa/test/1/tree/0.0.0.0.0', question_id: 'medqa/test/1', tree_id: 'tree', leaf_id: '0.0.0.0.0', ordinal: 0, dataset: 'medqa', run: 'run', recipe: 'meds3-v2', labels_recipe: 'soft',
    settings_hash: 'settings', seed: 5, policy_model: 'scripted', policy_revision: '1', final_answer: 'B', gold: 'B',
    node_ids: ['0.0', '0.0.0', '0.0.0.0', '0.0.0.0.0'], request_ids: ['tree/1/reason', 'tree/2/reason', 'tree/2/reason', 'tree/2/reason'],
  });
});

test('puts benchmark questions into the split test and says so, others into train whatever their source split', () => {
  const splitOf = (role: 'train' | 'dev' | 'benchmark'): unknown[] => [sftRow, prmRow].map((make) => { const row = make({ ...positive, role }); return [row.split, row.benchmark, row.role]; });
  expect(splitOf('train')).toEqual([['train', false, 'train'], ['train', false, 'train']]);
  expect(splitOf('dev')).toEqual([['train', false, 'dev'], ['train', false, 'dev']]);
  expect(splitOf('benchmark')).toEqual([['test', true, 'benchmark'], ['test', true, 'benchmark']]);
});

test('shows the question in rows exactly as models were sent it', () => {
  const row = { ...positive, prompt: { text: 'One\r\ntwo <|im_start|>\u0007 three' } };
  expect(prmRow(row).prompt).toBe(`${questionText(row.prompt)}\n\nStep 0: Let's break down this problem step by step.`);
  expect(sftRow(row).prompt[0]!.content).toBe(questionText(row.prompt));
  expect(questionText(row.prompt)).not.toBe(row.prompt.text);
});

test('refuses to write a chain that would split into other steps', () => {
  expect(() => sftRow({ ...positive, steps: [{ ...positive.steps[0]!, text: 'Look.\n\nStep 2: Forged.' }] })).toThrow(/not normalised/);
});

test('writes steps without marks where the policy writes paragraphs', () => {
  const row: TrajectoryRecord = { ...positive, stepping: 'paragraph' };
  expect(sftRow(row).completion[0]!.content).toBe("Let's break down this problem step by step.\n\nLook at the heart.\n\nWeigh the findings.\n\nRule out A.\n\nThe answer is B.");
  expect(prmRow(row)).toMatchObject({ prompt: `${question}\n\nLet's break down this problem step by step.`, completions: ['Look at the heart.', 'Weigh the findings.', 'Rule out A.', 'The answer is B.'], stepping: 'paragraph' });
});

test('keeps the earlier turns of a conversation', () => {
  const row: TrajectoryRecord = { ...positive, prompt: { history: [{ role: 'user', content: 'I have chest pain.' }, { role: 'assistant', content: 'Since when?' }], text: 'An hour. What helps?' } };
  expect(sftRow(row).prompt).toEqual([{ role: 'user', content: 'I have chest pain.' }, { role: 'assistant', content: 'Since when?' }, { role: 'user', content: 'An hour. What helps?' }]);
  expect(prmRow(row).prompt).toBe("User: I have chest pain.\n\nAssistant: Since when?\n\nUser: An hour. What helps?\n\nStep 0: Let's break down this problem step by step.");
});

test('says in every row how many Reflect steps and inherited values it has', () => {
  for (const make of [sftRow, prmRow]) expect(make({ ...positive, reflects: 2, unsimulated: 1 })).toMatchObject({ reflects: 2, unsimulated: 1 });
});

// level: 0.0.0 (.95) against 0.1.0 (.1); leaf: 0.0.1.0 (path .9 .85 1) against 0.1.1 (0)
const pairs = pairsOf(treeOf(
  node('0.0', 1, 'Look at the heart.', 0.9, 4), node('0.1', 1, 'Look at the lungs.', 0.2, 3),
  node('0.0.0', 2, 'Weigh the findings.', 0.95, 1), node('0.0.1', 2, 'Rule out A.', 0.85, 2), node('0.1.0', 3, 'This is hard to say.', 0.1, 1), finish('0.1.1', 3, 'The answer is A.', 'wrong'), finish('0.0.1.0', 4, 'The answer is B.', 'right'),
), { pairs: ['level', 'leaf'] });

test('writes a preference row of two finished chains as turns of the assistant', () => {
  const row = preferenceRow(pairs.find(({ finished }) => finished)!);
  expect(row.prompt).toEqual([{ role: 'user', content: question }]);
  expect(row.chosen).toEqual([{ role: 'assistant', content: "Step 0: Let's break down this problem step by step.\n\nStep 1: Look at the heart.\n\nStep 2: Rule out A.\n\nStep 3: The answer is B." }]);
  expect(row.rejected).toEqual([{ role: 'assistant', content: "Step 0: Let's break down this problem step by step.\n\nStep 1: Look at the lungs.\n\nStep 2: The answer is A." }]);
  expect(row).toMatchObject({
    id: 'medqa/test/1/tree/0.0.1.0/0.1.1', pair_kind: 'leaf', gap: 0.85, chosen_value: 0.85, rejected_value: 0, chosen_depth: 3, rejected_depth: 2, chosen_answer: 'B', rejected_answer: 'A', gold: 'B', reflects: 0,
    chosen_node_ids: ['0.0', '0.0.1', '0.0.1.0'], rejected_node_ids: ['0.1', '0.1.1'], chosen_request_ids: ['tree/1/reason', 'tree/2/reason', 'tree/4/reason'], policy_model: 'scripted', settings_hash: 'settings', seed: 5, split: 'train', benchmark: false,
  });
  expect(isPreferenceRow(row)).toBe(true);
});

test('writes a row of two step prefixes as text that ends with the step separator', () => {
  const row = preferenceStepsRow(pairs.find(({ rejected }) => rejected.nodeId === '0.1.0')!);
  expect([row.prompt, row.chosen, row.rejected]).toEqual([
    [{ role: 'user', content: question }], "Step 0: Let's break down this problem step by step.\n\nStep 1: Look at the heart.\n\nStep 2: Weigh the findings.\n\n",
    "Step 0: Let's break down this problem step by step.\n\nStep 1: Look at the lungs.\n\nStep 2: This is hard to say.\n\n",
  ]);
  expect(row).toMatchObject({ pair_kind: 'level', chosen_value: 0.95, rejected_value: 0.1, chosen_depth: 2, rejected_depth: 2, chosen_answer: '', rejected_answer: '' });
  expect(isPreferenceStepsRow(row)).toBe(true);
});
