import { expect, test } from 'vitest';
import { prmRow, sftRow } from './index.ts';
import { finish, node, trajectoriesOf, treeOf } from './testing/valued-tree.ts';

// minima over steps >= 1: 0.0.0 -> min(.6, 1) = .6; 0.1.0 -> min(.9, 1) = .9; 0.2.0 -> min(.6, 1) = .6; 0.3 -> 1; wrong 0.1.1 -> 0. The root's .587 does not count.
const tree = treeOf(
  node('0.0', 1, 'One.', 0.6, 1), node('0.1', 1, 'Two.', 0.9, 1), node('0.2', 1, 'Three.', 0.6, 1), finish('0.3', 1, 'It is B.', 'right'),
  finish('0.0.0', 2, 'The answer is B.', 'right'), finish('0.1.0', 3, 'The answer is B.', 'right'), finish('0.1.1', 3, 'The answer is A.', 'wrong'), finish('0.2.0', 4, 'The answer is B.', 'right'),
);
const kept = (keepTop: number | null): readonly string[] => trajectoriesOf(tree, { keepTop }).filter(({ sft }) => sft).map(({ leafId }) => leafId);

test('keeps for SFT the right chains with the highest minimum value, the first of equals', () => {
  expect(kept(1)).toEqual(['0.3']);
  expect(kept(2)).toEqual(['0.3', '0.1.0']);
  expect(kept(3)).toEqual(['0.3', '0.0.0', '0.1.0']); // .6 twice: the earlier one; the order of the rows stays canonical
  expect(kept(9)).toEqual(kept(null));
});

test('keeps every right chain and no wrong one without a bound', () => {
  expect(kept(null)).toEqual(['0.3', '0.0.0', '0.1.0', '0.2.0']);
});

test('touches no PRM row: all chains stay, with the same labels and ordinals', () => {
  const rows = (keepTop: number | null) => trajectoriesOf(tree, { keepTop }).map(prmRow).map(({ labels_hash: _hash, ...row }) => row);
  expect(rows(1)).toEqual(rows(null));
  expect(trajectoriesOf(tree, { keepTop: 1 }).filter(({ sft }) => sft).map((chain) => sftRow(chain).min_value)).toEqual([1]);
});
