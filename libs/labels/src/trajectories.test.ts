import { FaultError } from '@slowthink/faults';
import { decodeRecord, encodeRecord, type Gold } from '@slowthink/records';
import { expect, test } from 'vitest';
import { labelRecipes } from './index.ts';
import { finish, node, trajectoriesOf, treeOf, valuedTree, verdict, withNodes } from './testing/valued-tree.ts';

const shape = (trajectories: ReturnType<typeof trajectoriesOf>): unknown => trajectories.map(({ ordinal, leafId, polarity, answer, steps }) => [ordinal, leafId, polarity, answer, steps.map(({ value }) => value), steps.map(({ label }) => label)]);

test('labels softly with the value itself: right chain .725 .775 .9 1, wrong chain .291667 0', () => {
  expect(shape(trajectoriesOf(valuedTree, { recipe: 'soft' }))).toEqual([
    [0, '0.0.0.0.0', 'positive', 'B', [0.725, 0.775, 0.9, 1], [true, true, true, true]],
    [1, '0.1.1', 'negative', 'A', [0.291667, 0], [false, false]],
  ]);
});

test('labels hard with 1 above 0.5 and 0 at or below it', () => {
  // values .725 .775 .9 1 -> 1 1 1 1; .291667 0 -> 0 0; .5 is not above .5 -> 0
  expect(trajectoriesOf(valuedTree, { recipe: 'hard' }).map(({ steps }) => steps.map(({ label }) => label))).toEqual([[true, true, true, true], [false, false]]);
  const [, , atThreshold] = trajectoriesOf(withNodes(node('0.2', 4, 'Look at the liver.', 0.5, 2), node('0.2.0', 5, 'The answer is B.', 1, 1, { action: 'finish', verdict: verdict('right', 'B') })), { recipe: 'hard' });
  expect(atThreshold!.steps.map(({ value, label }) => [value, label])).toEqual([[0.5, false], [1, true]]); // the soft value stays beside the label
});

test('leaves Step 0 out and keeps what each step was measured with', () => {
  const [first] = trajectoriesOf(valuedTree, { recipe: 'soft' });
  expect(first!.steps.map(({ text, visits, right, simulations }) => [text, visits, right, simulations])).toEqual([
    ['Look at the heart.', 4, 9, 10], ['Weigh the findings.', 3, 3, 6], ['Rule out A.', 2, 4, 5], ['The answer is B.', 1, null, null],
  ]);
  expect(decodeRecord(encodeRecord(first!), ['trajectory'])).toEqual(first);
});

test('makes no label of a step without a simulation: the whole chain is left out (defect: unsimulated steps became labels)', () => {
  const tree = withNodes(node('0.2', 4, 'Look at the liver.', null, 0), node('0.2.0', 4, 'The answer is B.', null, 0, { action: 'finish', verdict: verdict('right', 'B') }));
  expect(shape(trajectoriesOf(tree, { recipe: 'soft' }))).toEqual(shape(trajectoriesOf(valuedTree, { recipe: 'soft' })));
});

test('keeps the first of two chains with equal text, also when an unvalued one stands before it', () => {
  const twin = (child: number, value: number | null): ReturnType<typeof node>[] => [
    node(`0.${child}`, 4 + child, 'Look twice.', value, value === null ? 0 : 2), node(`0.${child}.0`, 4 + child, 'The answer is B.', value === null ? null : 1, value === null ? 0 : 1, { action: 'finish', verdict: verdict('right', 'B') }),
  ];
  expect(trajectoriesOf(withNodes(...twin(2, null), ...twin(3, 0.6), ...twin(4, 0.8)), { recipe: 'soft' }).map(({ ordinal, leafId }) => [ordinal, leafId])).toEqual([[0, '0.0.0.0.0'], [1, '0.1.1'], [2, '0.3.0']]);
});

test('takes a leaf without an answer, and a failed Finish, for no Finish', () => {
  const tree = withNodes(node('0.2', 4, 'Still open.', 0.5, 2), node('0.2.0', 5, '', null, 0, { action: 'finish', outcome: 'failed' }));
  expect(trajectoriesOf(tree, { recipe: 'soft' }).map(({ leafId }) => leafId)).toEqual(['0.0.0.0.0', '0.1.1']);
});

test('gives nothing for a failed tree', () => {
  expect(trajectoriesOf({ ...valuedTree, status: 'failed', stop: 'root-failed' }, { recipe: 'soft' })).toEqual([]);
});

test('writes gold as its column shows it', () => {
  const goldOf = (gold: Gold): string => trajectoriesOf({ ...valuedTree, gold }, { recipe: 'soft' })[0]!.gold;
  expect(goldOf(valuedTree.gold)).toBe('B');
  expect(goldOf({ kind: 'yes-no-maybe', answer: 'maybe' })).toBe('maybe');
  expect(goldOf({ kind: 'number', answer: 2.5, unit: 'mg', tolerance: 0 })).toBe('2.5 mg');
  expect(goldOf({ kind: 'number', answer: 12, unit: '', tolerance: 0.05 })).toBe('12');
});

test('names the known labels when asked for others', () => {
  expect(Object.keys(labelRecipes)).toEqual(['soft', 'hard', 'hard-rise', 'dual-sided', 'dual-sided-clamped']);
  expect(() => trajectoriesOf(valuedTree, { recipe: 'rise' })).toThrow(new FaultError('SETTING_INVALID', 'There are no labels "rise". Known: soft, hard, hard-rise, dual-sided, dual-sided-clamped.'));
});

test('goes through a refined Finish, whose own wrong answer ends no chain, and counts the Reflect steps of a chain', () => {
  const tree = treeOf(
    node('0.0', 1, 'The answer is A.', 0.35, 3, { asked: 'finish', refined: true, verdict: verdict('wrong', 'A') }),
    node('0.0.0', 2, 'Wait, A does not act on the vessels.', 0.8, 2, { action: 'reflect', asked: 'reflect', right: 5, simulations: 6 }),
    finish('0.0.0.0', 3, 'The answer is B.', 'right'), finish('0.1', 1, 'It is A.', 'wrong'),
  );
  expect(trajectoriesOf(tree).map(({ leafId, polarity, reflects, steps }) => [leafId, polarity, reflects, steps.map(({ nodeId }) => nodeId)])).toEqual([
    ['0.0.0.0', 'positive', 1, ['0.0', '0.0.0', '0.0.0.0']], ['0.1', 'negative', 0, ['0.1']],
  ]);
});

test('counts a Reflect that answered at once and so became a Finish', () => {
  expect(trajectoriesOf(treeOf(node('0.0', 1, 'The answer is A.', 0.5, 2, { refined: true, verdict: verdict('wrong', 'A') }), finish('0.0.0', 2, 'No, it is B.', 'right', { asked: 'reflect' })))[0]).toMatchObject({ reflects: 1 });
});

// 0.2 has no value (its simulation failed), so nothing below it has: 0.2.0 is a step, 0.2.0.0 a right Finish
const unsimulated = treeOf(
  node('0.2', 4, 'Look at the liver.', 0.6, 2, { right: 3, simulations: 5 }), node('0.2.0', 5, 'Weigh it.', null, 0), node('0.2.0.0', 5, 'Compare.', null, 0),
  finish('0.2.0.0.0', 5, 'The answer is B.', 'right', { value: null, visits: 0 }),
);

test('leaves a chain with an unsimulated step out, or lets it inherit the value of its nearest valued ancestor and says so', () => {
  expect(trajectoriesOf(unsimulated)).toEqual([]);
  const [chain] = trajectoriesOf(unsimulated, { unsimulated: 'inherit' });
  // .6 simulated; .6 .6 from it; a right Finish is 1 by the rule and inherits nothing
  expect(chain).toMatchObject({ unsimulated: 2 });
  expect(chain!.steps.map(({ value, right, simulations }) => [value, right, simulations])).toEqual([[0.6, 3, 5], [0.6, null, null], [0.6, null, null], [1, null, null]]);
  expect(trajectoriesOf(valuedTree, { unsimulated: 'inherit' })).toEqual(trajectoriesOf(valuedTree).map((record) => ({ ...record, labelsHash: expect.any(String) as string }))); // where all is simulated nothing changes
});

test('prefers of two chains with equal text the one that was simulated', () => {
  const twin = treeOf(...unsimulated.nodes.slice(1), node('0.3', 6, 'Look at the liver.', 0.6, 2), node('0.3.0', 6, 'Weigh it.', 0.4, 2), node('0.3.0.0', 6, 'Compare.', 0.4, 2), finish('0.3.0.0.0', 6, 'The answer is B.', 'right'));
  expect(trajectoriesOf(twin, { unsimulated: 'inherit' }).map(({ leafId, unsimulated: count }) => [leafId, count])).toEqual([['0.3.0.0.0', 0]]);
});

test('gives no row of a question that lacks right or wrong chains, where such are filtered', () => {
  const right = treeOf(finish('0.0', 1, 'The answer is B.', 'right'));
  const wrong = treeOf(finish('0.0', 1, 'The answer is A.', 'wrong'), node('0.1', 1, 'Look.', 0.9, 1));
  for (const tree of [right, wrong]) {
    expect(trajectoriesOf(tree)).toHaveLength(1);
    expect(trajectoriesOf(tree, { filterInvalid: true, pairs: ['siblings'] })).toEqual([]);
  }
  expect(trajectoriesOf(valuedTree, { filterInvalid: true })).toHaveLength(2);
});

test('says how steps are written and under which settings it was labelled', () => {
  const of = (labels: Parameters<typeof trajectoriesOf>[1]): string => trajectoriesOf(valuedTree, labels)[0]!.labelsHash;
  expect(trajectoriesOf({ ...valuedTree, search: { ...valuedTree.search, stepping: 'paragraph' } })[0]).toMatchObject({ labels: 'soft', stepping: 'paragraph' });
  expect(new Set([of({}), of({ threshold: 0.6 }), of({ keepTop: 2 }), of({ recipe: 'hard' })]).size).toBe(4);
});
