import { FaultError } from '@slowthink/faults';
import { decodeRecord, encodeRecord, hashSeed, treeIdOf, type StreamRecord } from '@slowthink/records';
import { expect, test } from 'vitest';
import { apply, choiceEvent, expansionEvents, failedExpansionEvents, next, printTree, simulationsAt, treeRecord, type SearchRequest } from './index.ts';
import { gold, open, play, randomScript, usageOf } from './testing/play.ts';

/** Goes through a topic and comes back the same, or throws RECORD_INVALID. */
const throughTopic = (record: StreamRecord): StreamRecord => decodeRecord(encodeRecord(record), [record.type]);

const opened = open();
const tree = apply(undefined, opened);
const [reason] = next(tree).requests as [SearchRequest];
const finish: SearchRequest = { ...reason, kind: 'finish', id: `${tree.treeId}/4/finish`, expansion: 4, parentId: '0.2', children: [1], n: 1, steps: [...reason.steps, 'Look.'], depth: 2 };

test('opens a tree with ids and a seed of its own', () => {
  expect(opened.treeId).toBe(treeIdOf('run', 'medqa/test/1', 1));
  expect(opened.seed).toBe(hashSeed(7, opened.treeId));
  expect(throughTopic(opened)).toEqual(opened);
});

test('asks first for the Reason children of the root in one request', () => {
  expect(reason).toMatchObject({ kind: 'reason', id: `${tree.treeId}/1/reason`, expansion: 1, parentId: '0', children: [0, 1, 2], n: 3, depth: 1, forced: false, seed: hashSeed(opened.seed, reason.id) });
  expect(reason.steps).toEqual(["Let's break down this problem step by step."]);
});

test('asks nothing while simulations are awaited and goes on with the last of them', () => {
  const events = expansionEvents(tree, reason, ['a', 'b', 'c'].map((text) => ({ text: `Weigh ${text}.`, truncated: false })), usageOf(3));
  const waiting = events.reduce<typeof tree>((folded, event) => apply(folded, event), tree);
  expect(next(waiting)).toEqual({ requests: [], simulations: [] });
});

test('gives a Reason sample one event, with all that a simulation needs and the usage on the first', () => {
  const events = expansionEvents(tree, reason, [{ text: ' Look at the heart.\n\n', truncated: false }, { text: 'Look at the', truncated: true }, { text: 'The answer is B.', truncated: false }], usageOf(3));
  expect(events.map(({ nodeId, action, rollouts, truncated, verdict }) => [nodeId, action, rollouts, truncated, verdict?.status])).toEqual([
    ['0.0', 'reason', 10, false, undefined], ['0.1', 'reason', 10, true, undefined], ['0.2', 'finish', 0, false, 'right'],
  ]);
  expect(events[0]).toMatchObject({ text: 'Look at the heart.', depth: 1, steps: [reason.steps[0], 'Look at the heart.'], gold, prompt: opened.prompt, seed: hashSeed(opened.seed, '0.0', 'rollout'), requestId: reason.id });
  expect(events.map(({ usage }) => usage.requests)).toEqual([1, 0, 0]);
  expect(events.map(throughTopic)).toEqual(events);
});

test('splits a Finish into a chain whose steps are simulated, and takes back one without an answer', () => {
  const chain = expansionEvents(tree, finish, [{ text: 'Weigh the findings.\n\nStep 3: Rule out A.\n\nStep 4: The answer is C.', truncated: false }], usageOf(1));
  expect(chain.map(({ nodeId, chain: place, chainLength, depth, action, rollouts }) => [nodeId, place, chainLength, depth, action, rollouts])).toEqual([
    ['0.2.1', 0, 3, 2, 'reason', 6], ['0.2.1.0', 1, 3, 3, 'reason', 5], ['0.2.1.0.0', 2, 3, 4, 'finish', 0],
  ]);
  expect(chain[2]).toMatchObject({ verdict: { status: 'wrong' }, steps: [...finish.steps, 'Weigh the findings.', 'Rule out A.', 'The answer is C.'] });
  const [taken] = expansionEvents(tree, finish, [{ text: 'Then one has to', truncated: true }], usageOf(1));
  expect(taken).toMatchObject({ action: 'reason', rollouts: 6, truncated: true, verdict: { status: 'none' } });
});

test('fails the child of an empty text and no other', () => {
  const events = expansionEvents(tree, reason, ['Look.', ' \n', 'Listen.'].map((text) => ({ text, truncated: false })), usageOf(3));
  expect(events.map(({ outcome, fault, rollouts }) => [outcome, fault?.code, rollouts])).toEqual([['ok', undefined, 10], ['failed', 'MODEL_EMPTY_STEP', 0], ['ok', undefined, 10]]);
  expect(events[1]!.fault!.message).toContain(`child 1 of node 0`);
  expect(events.map(throughTopic)).toEqual(events);
});

test('fails every child of a failed request, those of a failed choice too', () => {
  const fault = new FaultError('MODEL_CONTEXT_EXCEEDED', 'Too long.');
  for (const kind of ['choose', 'reason', 'finish'] as const) {
    const events = failedExpansionEvents(tree, { ...reason, kind }, fault);
    expect(events.map(({ child, outcome, fault: why }) => [child, outcome, why])).toEqual([0, 1, 2].map((child) => [child, 'failed', { code: 'MODEL_CONTEXT_EXCEEDED', message: 'Too long.' }]));
    expect(events.map(throughTopic)).toEqual(events);
  }
});

test('reads a choice from the words; whatever holds neither is Reason', () => {
  const texts = ['Finish', ' finish.', '**FINISH**', 'Reason', 'Reason, then finish', 'unfinished', '', '1'];
  const event = choiceEvent(tree, { ...reason, kind: 'choose', children: texts.map((_, child) => child) }, texts.slice(0, -1), usageOf(8));
  expect(event.actions).toEqual(['finish', 'finish', 'finish', 'reason', 'reason', 'reason', 'reason', 'reason']);
  expect(throughTopic(event)).toEqual(event);
});

test('simulates 10 times at depth 1, 6 at depth 2, 5 from depth 3', () => {
  expect([1, 2, 3, 4, 9].map((depth) => simulationsAt(depth, opened.search))).toEqual([10, 6, 5, 5, 5]);
});

test('refuses an event of another tree, and a record before the tree is closed', () => {
  expect(() => apply(tree, open({}, '2'))).toThrow(/came to tree/);
  expect(() => treeRecord(tree)).toThrow(/not closed/);
});

test('refuses an expansion of another node than the tree selects', () => {
  const events = expansionEvents(tree, { ...reason, parentId: '0' }, ['a.', 'b.', 'c.'].map((text) => ({ text, truncated: false })), usageOf(3));
  const foreign = events.map((event) => ({ ...event, parentId: '0.7', rollouts: 0 }));
  expect(() => foreign.reduce((folded, event) => apply(folded, event), tree)).toThrow(/should expand node 0, but its record says 0\.7/);
});

test('records a closed tree that fits its schema, parents before children, and prints it', () => {
  const record = treeRecord(play(opened, randomScript(5)).tree);
  expect(throughTopic(record)).toEqual(record);
  const seen = new Set<string>();
  for (const { id, parentId } of record.nodes) { expect(parentId === null || seen.has(parentId)).toBe(true); seen.add(id); }
  const text = printTree(record);
  expect(text.split('\n').length).toBe(1 + record.nodes.length + record.selections.length);
  expect(text).toContain('0  root  v ');
  expect(text).toMatch(/\n {2}0\.0 {2}reason/);
});

test('prints id, action, value, visits, right/n and a shortened text', () => {
  const record = treeRecord(play(open({ childrenMax: 2, nodesMax: 3, forcedFinish: 'none' }), { answer: () => [`Look at ${'the heart and '.repeat(9)}`, 'The answer is B.'], simulate: ({ rollouts }) => ({ right: 4, n: rollouts }) }).tree);
  const [head, root, why, first, second] = printTree(record).split('\n');
  expect(head).toBe(`medqa/test/1  tree ${record.treeId}  closed (nodes)  3 nodes, 1 right leaves, 2 policy and rollout requests`);
  expect(root).toBe("0  root  v 0.45  n 2  Let's break down this problem step by step."); // 1/2 (0 + .4) = .2; 1/2 (.2 + .7) = .45
  expect(why).toBe('    expansion 1, wave 1: the root is always expanded; Reason children');
  expect(first).toMatch(/^ {2}0\.0 {2}reason {2}v 0\.4 {2}n 1 {2}4\/10 right {2}Look at the heart and .*…$/);
  expect(second).toBe('  0.1  finish (asked for reason)  v 1  n 1  right (B)  The answer is B.');
});
