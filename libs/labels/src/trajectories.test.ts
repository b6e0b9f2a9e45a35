import { FaultError } from '@slowthink/faults';
import { decodeRecord, encodeRecord, type Gold } from '@slowthink/records';
import { expect, test } from 'vitest';
import { labelRecipes, trajectoriesOf } from './index.ts';
import { node, valuedTree, verdict, withNodes } from './testing/valued-tree.ts';

const shape = (trajectories: ReturnType<typeof trajectoriesOf>): unknown => trajectories.map(({ ordinal, leafId, polarity, answer, steps }) => [ordinal, leafId, polarity, answer, steps.map(({ value }) => value), steps.map(({ label }) => label)]);

test('labels softly with the value itself: right chain .725 .775 .9 1, wrong chain .291667 0', () => {
  expect(shape(trajectoriesOf(valuedTree, 'soft'))).toEqual([
    [0, '0.0.0.0.0', 'positive', 'B', [0.725, 0.775, 0.9, 1], [true, true, true, true]],
    [1, '0.1.1', 'negative', 'A', [0.291667, 0], [false, false]],
  ]);
});

test('labels hard with 1 above 0.5 and 0 at or below it', () => {
  // values .725 .775 .9 1 -> 1 1 1 1; .291667 0 -> 0 0; .5 is not above .5 -> 0
  expect(trajectoriesOf(valuedTree, 'hard').map(({ steps }) => steps.map(({ label }) => label))).toEqual([[true, true, true, true], [false, false]]);
  const [, , atThreshold] = trajectoriesOf(withNodes(node('0.2', 4, 'Look at the liver.', 0.5, 2), node('0.2.0', 5, 'The answer is B.', 1, 1, { action: 'finish', verdict: verdict('right', 'B') })), 'hard');
  expect(atThreshold!.steps.map(({ value, label }) => [value, label])).toEqual([[0.5, false], [1, true]]); // the soft value stays beside the label
});

test('leaves Step 0 out and keeps what each step was measured with', () => {
  const [first] = trajectoriesOf(valuedTree, 'soft');
  expect(first!.steps.map(({ text, visits, right, simulations }) => [text, visits, right, simulations])).toEqual([
    ['Look at the heart.', 4, 9, 10], ['Weigh the findings.', 3, 3, 6], ['Rule out A.', 2, 4, 5], ['The answer is B.', 1, null, null],
  ]);
  expect(decodeRecord(encodeRecord(first!), ['trajectory'])).toEqual(first);
});

test('makes no label of a step without a simulation: the whole chain is left out (defect: unsimulated steps became labels)', () => {
  const tree = withNodes(node('0.2', 4, 'Look at the liver.', null, 0), node('0.2.0', 4, 'The answer is B.', null, 0, { action: 'finish', verdict: verdict('right', 'B') }));
  expect(shape(trajectoriesOf(tree, 'soft'))).toEqual(shape(trajectoriesOf(valuedTree, 'soft')));
});

test('keeps the first of two chains with equal text, also when an unvalued one stands before it', () => {
  const twin = (child: number, value: number | null): ReturnType<typeof node>[] => [
    node(`0.${child}`, 4 + child, 'Look twice.', value, value === null ? 0 : 2), node(`0.${child}.0`, 4 + child, 'The answer is B.', value === null ? null : 1, value === null ? 0 : 1, { action: 'finish', verdict: verdict('right', 'B') }),
  ];
  expect(trajectoriesOf(withNodes(...twin(2, null), ...twin(3, 0.6), ...twin(4, 0.8)), 'soft').map(({ ordinal, leafId }) => [ordinal, leafId])).toEqual([[0, '0.0.0.0.0'], [1, '0.1.1'], [2, '0.3.0']]);
});

test('takes a leaf without an answer, and a failed Finish, for no Finish', () => {
  const tree = withNodes(node('0.2', 4, 'Still open.', 0.5, 2), node('0.2.0', 5, '', null, 0, { action: 'finish', outcome: 'failed' }));
  expect(trajectoriesOf(tree, 'soft').map(({ leafId }) => leafId)).toEqual(['0.0.0.0.0', '0.1.1']);
});

test('gives nothing for a failed tree', () => {
  expect(trajectoriesOf({ ...valuedTree, status: 'failed', stop: 'root-failed' }, 'soft')).toEqual([]);
});

test('writes gold as its column shows it', () => {
  const goldOf = (gold: Gold): string => trajectoriesOf({ ...valuedTree, gold }, 'soft')[0]!.gold;
  expect(goldOf(valuedTree.gold)).toBe('B');
  expect(goldOf({ kind: 'yes-no-maybe', answer: 'maybe' })).toBe('maybe');
  expect(goldOf({ kind: 'number', answer: 2.5, unit: 'mg', tolerance: 0 })).toBe('2.5 mg');
  expect(goldOf({ kind: 'number', answer: 12, unit: '', tolerance: 0.05 })).toBe('12');
});

test('names the known labels when asked for others', () => {
  expect(Object.keys(labelRecipes)).toEqual(['soft', 'hard']);
  expect(() => trajectoriesOf(valuedTree, 'rise')).toThrow(new FaultError('SETTING_INVALID', 'There are no labels "rise". Known: soft, hard.'));
});
