import { questionText } from '@slowthink/prompts';
import { isPrmRow, isSftRow } from '@slowthink/records';
import { expect, test } from 'vitest';
import { prmRow, sftRow, trajectoriesOf } from './index.ts';
import { node, valuedTree, verdict, withNodes } from './testing/valued-tree.ts';

const [positive, negative] = trajectoriesOf(valuedTree, 'soft') as [ReturnType<typeof trajectoriesOf>[number], ReturnType<typeof trajectoriesOf>[number]];
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
  expect([row.labels, row.values, row.visits, row.rights, row.simulations]).toEqual([[true, true, true, true], [0.725, 0.775, 0.9, 1], [4, 3, 2, 1], [9, 3, 4, null], [10, 6, 5, null]]);
  expect([row.prompt, ...row.completions].join('\n\n')).toBe(`${question}\n\n${chain}`);
  expect(isPrmRow(row)).toBe(true);
});

test('keeps a line break inside a step inside its completion', () => {
  const tree = withNodes(node('0.2', 4, 'Two findings:\nfever and pain.', 0.6, 2), node('0.2.0', 5, 'The answer is B.', 1, 1, { action: 'finish', verdict: verdict('right', 'B') }));
  expect(prmRow(trajectoriesOf(tree, 'soft')[2]!).completions).toEqual(['Step 1: Two findings:\nfever and pain.', 'Step 2: The answer is B.']);
});

test('carries negative chains with their values, and keeps them beside hard labels', () => {
  expect(prmRow(negative)).toMatchObject({ polarity: 'negative', values: [0.291667, 0], labels: [false, false], final_answer: 'A', gold: 'B' });
  expect(prmRow(trajectoriesOf(valuedTree, 'hard')[0]!)).toMatchObject({ values: [0.725, 0.775, 0.9, 1], labels: [true, true, true, true], labels_recipe: 'hard' });
  expect(sftRow(trajectoriesOf(valuedTree, 'hard')[0]!).min_value).toBe(0.725);
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
