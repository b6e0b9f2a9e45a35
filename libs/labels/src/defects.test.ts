// Defects of the reference code in labels and pairs (the section of that name in the specification), each with the wrong result it gave.
import { expect, test } from 'vitest';
import { labelRecipes, labelTree, preferenceStepsRow, resolveLabels } from './index.ts';
import { finish, node, pairsOf, trajectoriesOf, treeOf } from './testing/valued-tree.ts';

const dualSided = (values: readonly number[]): string => labelRecipes['dual-sided'].label(values, { threshold: null, beta: 1 }).map(({ target }) => target).join(' ');

test('looks back from the original values, not from ones it has changed (defect: look-back computed in place)', () => {
  expect(dualSided([0.3, 0.4, 0.1, 0, 0, 0])).toBe('1 1 0 0 0 0');
  // 1 .9 .4 0: x_2 = .9 - (1 - .4) = .3, x_3 = .4 - (.9 - 0) = -.5. In place v_2 would be .3 by then, .4 would not be below it, and the wrong step 3 would be right.
  expect(dualSided([1, 0.9, 0.4, 0])).toBe('1 1 0 0');
});

test('gives no reward for a recovery behind a step (defect: penalties not clamped at 0)', () => {
  // .5 0 .9: x_2 = 0 - max(0, .5 - .9) = 0; unclamped it would be 0 + .4, and the worthless step right
  expect(dualSided([0.5, 0, 0.9])).toBe('1 0 1');
  expect(labelRecipes['dual-sided-clamped'].label([0.5, 0.1, 0.9], { threshold: 0.5, beta: 1 }).map(({ target }) => target)).toEqual([0.5, 0.1, 0.9]); // not .5 .5 .9
});

test('keeps the best of each tree, however few the tree before it had (defect: a loop variable caps every later item at the first one\'s count)', () => {
  const settings = resolveLabels('meds3-v2', { keepTop: 3 });
  const treeWith = (count: number) => treeOf(...Array.from({ length: count }, (_, at) => finish(`0.${at}`, 1, `The answer is B${at}.`, 'right')));
  expect([treeWith(1), treeWith(4), treeWith(5)].map((tree) => labelTree(tree, settings).filter((record) => record.type === 'trajectory' && record.sft).length)).toEqual([1, 3, 3]);
});

test('writes step pairs whose turn goes on (defect: DPO prefixes end with a closed turn, teaching the policy to stop mid-reasoning)', () => {
  const [pair] = pairsOf(treeOf(node('0.0', 1, 'Look at the heart.', 0.95, 1), node('0.1', 1, 'Guess.', 0.05, 1)), { pairs: ['siblings'] });
  expect(pair).toMatchObject({ finished: false });
  const row = preferenceStepsRow(pair!);
  for (const text of [row.chosen, row.rejected]) { expect(typeof text).toBe('string'); expect(text).toMatch(/\.\n\n$/); } // no message that a chat template closes; the next step follows at once
});

test('makes no label of an inherited value unless that is set, and then says so (defect: unsimulated intermediate steps inherit the parent\'s value and become labels)', () => {
  const tree = treeOf(node('0.0', 1, 'Look.', 0.6, 1), node('0.0.0', 2, 'Weigh.', null, 0), finish('0.0.0.0', 2, 'The answer is B.', 'right', { value: null, visits: 0 }));
  expect(trajectoriesOf(tree)).toEqual([]);
  expect(trajectoriesOf(tree, { unsimulated: 'inherit' })[0]).toMatchObject({ unsimulated: 1 });
});
