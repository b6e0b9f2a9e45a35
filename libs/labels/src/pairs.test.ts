import type { PairRecord } from '@slowthink/records';
import { decodeRecord, encodeRecord } from '@slowthink/records';
import { expect, test } from 'vitest';
import { finish, node, pairsOf, treeOf, verdict } from './testing/valued-tree.ts';

const shown = (pairs: readonly PairRecord[]): unknown => pairs.map(({ kind, chosen, rejected, gap, finished }) => [kind, chosen.nodeId, rejected.nodeId, Number(gap.toFixed(6)), finished]);

/*
 * root ─ 0.0 .9 ─ 0.0.0 .95
 *      │       └─ 0.0.1 1 (right Finish)
 *      ├ 0.1 .2 ─ 0.1.0 .1
 *      │       └─ 0.1.1 0 (wrong Finish)
 *      └ 0.2 .5 ─ 0.2.0 0 (wrong Finish, an only child)
 */
const tree = treeOf(
  node('0.0', 1, 'Heart.', 0.9, 3), node('0.1', 1, 'Lungs.', 0.2, 3), node('0.2', 1, 'Liver.', 0.5, 2),
  node('0.0.0', 2, 'Pressure.', 0.95, 1), finish('0.0.1', 2, 'The answer is B.', 'right'), node('0.1.0', 3, 'Breath.', 0.1, 1), finish('0.1.1', 3, 'The answer is A.', 'wrong'), finish('0.2.0', 4, 'It is A.', 'wrong'),
);

test('makes level pairs of nodes at one depth below different parents that each have more than one child', () => {
  // depth 1: all children of the root. depth 2, values .95 1 | .1 0 | 0: 1-0 = 1, .95-0 = .95, 1-.1 = .9, .95-.1 = .85; 0.2.0 is an only child
  expect(shown(pairsOf(tree, { pairs: ['level'] }))).toEqual([
    ['level', '0.0.1', '0.1.1', 1, true], ['level', '0.0.0', '0.1.1', 0.95, false], ['level', '0.0.1', '0.1.0', 0.9, false], ['level', '0.0.0', '0.1.0', 0.85, false],
  ]);
});

test('takes a failed child for none when it counts children', () => {
  const failed = treeOf(node('0.0', 1, 'One.', 0.9, 1), node('0.1', 1, 'Two.', 0.1, 1), node('0.0.0', 2, 'A.', 1, 1), node('0.0.1', 2, 'B.', 0.9, 1), node('0.1.0', 3, 'C.', 0, 1), node('0.1.1', 3, '', null, 0, { outcome: 'failed' }));
  expect(pairsOf(failed, { pairs: ['level'] })).toEqual([]);
});

test('makes one sibling pair a parent, of its best and its worst child', () => {
  // root: .9 - .2 = .7; below 0.0: 1 - .95; below 0.1: .1 - 0; 0.2 has one child
  expect(shown(pairsOf(tree, { pairs: ['siblings'] }))).toEqual([]);
  expect(shown(pairsOf(tree, { pairs: ['siblings'], pairThreshold: 0.05 }))).toEqual([['siblings', '0.0', '0.1', 0.7, false], ['siblings', '0.1.0', '0.1.1', 0.1, false]]); // 1 - .95 is .05, not above it
  const equals = treeOf(...[0.9, 0.9, 0.1, 0.1].map((value, at) => node(`0.${at}`, 1, `Idea ${at}.`, value, 1)));
  expect(shown(pairsOf(equals, { pairs: ['siblings'], pairThreshold: 0.5 }))).toEqual([['siblings', '0.0', '0.2', 0.8, false]]); // the first of equals
});

test('takes for a sibling pair the worst child that says something else than the best', () => {
  // T. is best and worst; among the others U. is worst: 1 - .05
  const twins = treeOf(node('0.0', 1, 'T.', 1, 1), node('0.1', 1, 'T.', 0, 1), node('0.2', 1, 'U.', 0.05, 1));
  expect(shown(pairsOf(twins, { pairs: ['siblings'] }))).toEqual([['siblings', '0.0', '0.2', 0.95, false]]);
});

test('makes no pair of two texts that the tree prefers both ways', () => {
  // depth 2: Good. over Bad. (.95 - .05) and, below other parents, Bad. over Good. (.9 - 0); what Rest. (.1) says stands: .95 - .1, and .9 - .1 is not above .8
  const torn = treeOf(
    ...['0.0', '0.1', '0.2', '0.3'].map((id) => node(id, 1, 'Look.', 0.5, 2)),
    node('0.0.0', 2, 'Good.', 0.95, 1), node('0.0.1', 2, 'So.', 0.5, 1), node('0.1.0', 3, 'Bad.', 0.05, 1), node('0.1.1', 3, 'So.', 0.5, 1),
    node('0.2.0', 4, 'Bad.', 0.9, 1), node('0.2.1', 4, 'So.', 0.5, 1), node('0.3.0', 5, 'Good.', 0, 1), node('0.3.1', 5, 'Rest.', 0.1, 1),
  );
  expect(shown(pairsOf(torn, { pairs: ['level'] }))).toEqual([['level', '0.0.0', '0.3.1', 0.85, false]]);
  for (const pairsMax of [1, 2, null]) expect(pairsOf(torn, { pairs: ['level'], pairsMax })).toHaveLength(1); // also where the cut would let one of the two through alone
  // one parent says it the other way round: .95 over 0 as siblings, .9 over .05 between levels
  const across = treeOf(
    node('0.0', 1, 'Look.', 0.5, 3), node('0.1', 1, 'Look.', 0.5, 2), node('0.2', 1, 'Look.', 0.5, 2),
    node('0.0.0', 2, 'Good.', 0.95, 1), node('0.0.1', 2, 'Bad.', 0, 1), node('0.1.0', 3, 'Good.', 0.05, 1), node('0.1.1', 3, 'So.', 0.5, 1), node('0.2.0', 4, 'Bad.', 0.9, 1), node('0.2.1', 4, 'So.', 0.5, 1),
  );
  expect(shown(pairsOf(across, { pairs: ['siblings'] }))).toEqual([['siblings', '0.0.0', '0.0.1', 0.95, false]]); // of the kinds that are wanted
  expect(pairsOf(across, { pairs: ['siblings', 'level'] })).toEqual([]);
});

test('makes leaf pairs of right and wrong chains whose minima differ, the root left out', () => {
  // right 0.0.1: min(.9, 1) = .9; wrong 0.1.1 and 0.2.0: 0
  expect(shown(pairsOf(tree, { pairs: ['leaf'] }))).toEqual([['leaf', '0.0.1', '0.1.1', 0.9, true], ['leaf', '0.0.1', '0.2.0', 0.9, true]]);
  expect(pairsOf(tree, { pairs: ['leaf'] })[0]).toMatchObject({ chosen: { value: 0.9, answer: 'B' }, rejected: { value: 0, answer: 'A' } });
  const weak = treeOf(node('0.0', 1, 'Heart.', 0.8, 1), finish('0.0.0', 2, 'The answer is B.', 'right'), finish('0.1', 1, 'It is A.', 'wrong'));
  expect(pairsOf(weak, { pairs: ['leaf'] })).toEqual([]); // .8 is not above .8
});

test('skips leaf pairs that level made already, also where both are the same chains', () => {
  expect(shown(pairsOf(tree, { pairs: ['leaf', 'level'] }))).toEqual([
    ['level', '0.0.1', '0.1.1', 1, true], ['level', '0.0.0', '0.1.1', 0.95, false], ['level', '0.0.1', '0.1.0', 0.9, false], ['leaf', '0.0.1', '0.2.0', 0.9, true], ['level', '0.0.0', '0.1.0', 0.85, false],
  ]);
});

test('cuts at the widest gaps, and numbers what stays', () => {
  const all = pairsOf(tree, { pairs: ['leaf', 'level'], pairsMax: null });
  const few = pairsOf(tree, { pairs: ['leaf', 'level'], pairsMax: 2 });
  expect(shown(few)).toEqual((shown(all) as unknown[]).slice(0, 2));
  expect(all.map(({ ordinal }) => ordinal)).toEqual([0, 1, 2, 3, 4]);
});

test('makes no pair of two equal texts, and one of texts that stand in several nodes', () => {
  const twins = treeOf(node('0.0', 1, 'Look.', 1, 1), node('0.1', 1, 'Look.', 0, 1));
  expect(pairsOf(twins, { pairs: ['siblings'] })).toEqual([]);
  const again = treeOf(...['0.0', '0.1', '0.2'].map((id) => node(id, 1, 'Look.', 0.5, 2)), ...([['0.0', 1], ['0.0', 0.9], ['0.1', 0], ['0.1', 0.3], ['0.2', 0], ['0.2', 0.3]] as const).map(([parent, value], at) => node(`${parent}.${at}`, 2, value > 0.5 ? `Good ${at}.` : 'Bad.', value, 1)));
  expect(shown(pairsOf(again, { pairs: ['level'] }))).toEqual([['level', '0.0.0', '0.1.2', 1, false], ['level', '0.0.1', '0.1.2', 0.9, false]]);
});

test('lets no node without a value into a pair, nor one below it, even where chains inherit values', () => {
  const holes = treeOf(node('0.0', 1, 'One.', 0.95, 1), node('0.1', 1, 'Two.', null, 0), finish('0.1.0', 2, 'It is A.', 'wrong', { value: null, visits: 0 }), node('0.2', 1, 'Three.', 0.05, 1));
  expect(shown(pairsOf(holes, { pairs: ['level', 'siblings', 'leaf'], unsimulated: 'inherit' }))).toEqual([['siblings', '0.0', '0.2', 0.9, false]]);
});

test('counts Reflect steps of both sides once each, and takes a refined Finish for an unfinished step', () => {
  const reflected = treeOf(
    node('0.0', 1, 'It is A.', 0.4, 4, { asked: 'finish', refined: true, verdict: verdict('wrong', 'A') }), node('0.0.0', 2, 'Wait.', 0.5, 3, { action: 'reflect', asked: 'reflect', right: 3, simulations: 6 }),
    finish('0.0.0.0', 3, 'The answer is B.', 'right'), finish('0.0.0.1', 3, 'Still A.', 'wrong'),
  );
  expect(pairsOf(reflected, { pairs: ['siblings'] })[0]).toMatchObject({ kind: 'siblings', reflects: 1, finished: true });
  expect(pairsOf(treeOf(...reflected.nodes.slice(1, 2), node('0.1', 1, 'Look.', 1, 1)), { pairs: ['siblings'], pairThreshold: 0.5 })[0]).toMatchObject({ finished: false, rejected: { nodeId: '0.0', answer: '' } });
});

test('gives records that decode, and none by default', () => {
  for (const pair of pairsOf(tree, { pairs: ['level', 'leaf'] })) expect(decodeRecord(encodeRecord(pair), ['pair'])).toEqual(pair);
  expect(pairsOf(tree)).toEqual([]);
  expect(pairsOf({ ...tree, status: 'failed', stop: 'root-failed' }, { pairs: ['leaf'] })).toEqual([]);
});
