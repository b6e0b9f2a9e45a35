import { expect, test } from 'vitest';
import { backUp } from './back-up.ts';
import { selectLeaf, ucb } from './select.ts';
import { correctLeaves } from './stop.ts';
import { resolveSearch } from './resolve-search.ts';
import type { Node } from './tree.ts';
import { open, play, type Script } from './testing/play.ts';

const settings = resolveSearch('meds3-v2');
const node = (id: string, parent: number, children: readonly number[], change: Partial<Node> = {}): Node => ({
  id, parent, children, depth: id.split('.').length - 1, expansion: 1, action: parent < 0 ? 'root' : 'reason', asked: parent < 0 ? 'root' : 'reason', refined: false, forced: false, outcome: 'ok', text: `text of ${id}`, truncated: false, value: 0.5, visits: 1,
  right: null, simulations: null, requestId: '', ...change,
});
const fresh = { value: null, visits: 0 } as const;

test('backs a child of 0.4 up to a parent of 0.2: comp 0.3, mean 0.4', () => {
  for (const [rule, expected] of [['comp', 0.3], ['mean', 0.4]] as const) {
    const nodes = [node('0', -1, [1], { value: 0.2, visits: 1 }), node('0.0', 0, [], fresh)];
    backUp(nodes, 1, 0.4, rule);
    expect(nodes.map(({ value, visits }) => [Number(value!.toFixed(9)), visits])).toEqual([[expected, 2], [0.4, 1]]);
  }
});

test('backs up in the order given: 0.4, 0.6, 0 is not 0, 0.6, 0.4', () => {
  const root = (values: readonly number[]): readonly number[] => {
    const nodes = [node('0', -1, [1, 2, 3], { value: 0, visits: 0 }), ...values.map((_, child) => node(`0.${child}`, 0, [], fresh))];
    return values.map((value, child) => { backUp(nodes, child + 1, value, 'comp'); return Number(nodes[0]!.value!.toFixed(6)); });
  };
  expect(root([0.4, 0.6, 0])).toEqual([0.2, 0.35, 0.341667]);
  expect(root([0, 0.6, 0.4])).toEqual([0, 0.15, 0.241667]); // 0; 1/2 (0 + .3); 1/2 (.15 + .333333)
});

test('scores v + c sqrt(ln n_parent / n_child), a fixed 5 without a visit', () => {
  expect(ucb(0.4, 1, 3, 2, 5)).toBeCloseTo(2.496294, 6); // .4 + 2 sqrt(1.098612)
  expect(ucb(0.575, 4, 6, 2, 5)).toBeCloseTo(1.913566, 6); // .575 + 2 sqrt(1.791759 / 4)
  expect(ucb(0.9, 1, 1, 2, 5)).toBe(0.9); // ln 1 = 0
  expect(ucb(0, 0, 3, 2, 5)).toBe(5);
});

test('takes the lowest index of equal scores', () => {
  expect(selectLeaf([node('0', -1, [1, 2, 3], { visits: 3 }), node('0.0', 0, [], { value: 0.1 }), node('0.1', 0, []), node('0.2', 0, [])], settings)?.leaf).toBe(2);
});

test('never selects a Finish, a node without a value, a leaf at depthMax, or a node whose children are all of these', () => {
  const nodes = [
    node('0', -1, [1, 2, 3, 4], { visits: 6 }), node('0.0', 0, [], { action: 'finish', value: 1 }), node('0.1', 0, [], { value: null, visits: 0 }), node('0.2', 0, [5, 6], { value: 0.9 }), node('0.3', 0, [], { value: 0 }),
    node('0.2.0', 3, [], { action: 'finish', value: 0 }), node('0.2.1', 3, [], { value: null, visits: 0, outcome: 'failed' }),
  ];
  expect(selectLeaf(nodes, settings)?.leaf).toBe(4);
  expect(selectLeaf(nodes, { ...settings, depthMax: 1 })).toBeUndefined();
});

test('counts right leaves once for each text of the whole chain', () => {
  const finish = (id: string, parent: number, text: string, value = 1): Node => node(id, parent, [], { action: 'finish', text, value });
  const nodes = [node('0', -1, [1, 2, 3]), node('0.0', 0, [4, 5]), node('0.1', 0, [6]), finish('0.2', 0, 'B'), finish('0.0.0', 1, 'B'), finish('0.0.1', 1, 'B'), finish('0.1.0', 2, 'B', 0)];
  expect(correctLeaves(nodes, 0.5)).toBe(2); // "0.2" and one of "0.0.0", "0.0.1"; "0.1.0" is wrong
});

const finishing = (ending: string): Script => ({
  answer: (request) => request.children.map((child) => (request.kind === 'choose' ? 'Finish' : request.kind === 'finish' ? `${ending} ${request.parentId} ${child}`.trim() : `Weigh ${child}.`)), simulate: ({ rollouts }) => ({ right: 1, n: rollouts }),
});

test('stops at the right leaves it wants, and forces none then', () => {
  const { tree, requests } = play(open(), finishing('The answer is B.'));
  expect(tree.closed!.stop).toBe('correct-leaves');
  expect(requests.map(({ kind }) => kind)).toEqual(['reason', 'choose', 'finish', 'choose', 'finish']); // 3, then 6 >= 4
});

test('stops as exhausted when every leaf is finished', () => {
  const { tree, requests } = play(open(), finishing('The answer is A.'));
  expect([tree.closed!.stop, tree.search!.nodes.length, requests.some(({ forced }) => forced)]).toEqual(['exhausted', 13, false]);
});

test('stops at the samples it may ask for: choices, steps and simulations count', () => {
  const { tree } = play(open({ samplesMax: 39, forcedFinish: 'none' }), finishing('The answer is A.'));
  expect([tree.closed!.stop, tree.search!.samples, tree.search!.folded]).toEqual(['samples', 39, 2]); // 3 + 3 x 10, then 3 + 3
});

test('forces one after the other until there are enough, and leaves the rest', () => {
  const { tree, requests, inFlight } = play(open({ nodesMax: 4, forcedFinish: 'untilEnough', forcedFinishEnough: 1 }), finishing('The answer is B.'));
  expect(requests.filter(({ forced }) => forced).map(({ parentId }) => parentId)).toEqual(['0.0', '0.1']);
  expect(Math.max(...inFlight.map((ids) => ids.length))).toBe(1);
  expect(tree.closed!.stop).toBe('nodes');
});

test('forces leaves at depthMax too, and a forced Finish without an answer is simulated but not forced again', () => {
  const { tree, requests } = play(open({ depthMax: 1, childrenMax: 2 }), finishing('Who can say.'));
  expect(tree.closed!.stop).toBe('exhausted');
  expect(requests.filter(({ forced }) => forced).map(({ parentId }) => parentId)).toEqual(['0.0', '0.1']);
  expect(tree.search!.nodes.slice(3).map(({ action, forced, simulations, verdict }) => [action, forced, simulations, verdict?.status])).toEqual([['reason', true, 6, 'none'], ['reason', true, 6, 'none']]);
});

test('never asks for a choice when actions come from the text', () => {
  const { requests } = play(open({ choosing: 'from-text', nodesMax: 10, forcedFinish: 'none' }), finishing(''));
  expect(new Set(requests.map(({ kind }) => kind))).toEqual(new Set(['reason']));
});
