// Reflect, worked out by hand (arXiv 2501.12051 v4: one refine per wrong Finish).
import { FaultError } from '@slowthink/faults';
import { expect, test } from 'vitest';
import { printTree, treeRecord } from './index.ts';
import { numbersOf, open, play, scripted } from './testing/play.ts';

test('works out a tree with Reflect: the wrong Finish becomes a Reason node with one Reflect child, within the quota of its path', () => {
  const played = play(open({ childrenMax: 2, forcedFinish: 'none' }, '1', 7, 'meds3-v4'), scripted({
    '1/reason': ['Look at the heart.', 'The answer is A.'], '2/choose': ['Finish', 'Finish'], '2/finish': ['The answer is C.', 'The answer is B.'],
    '3/reflect': [' Relief of pain is what counts.'], '4/choose': ['Finish', 'Reason'], '4/finish': ['The answer is B.'], '4/reason': ['The answer is D.'],
    '5/reflect': new FaultError('MODEL_REFUSED', 'Refused.'),
  }, { '0.0': 5, '0.1.0': 3 }));
  // Expansion 1: 0.0 = 5/10; 0.1 states an answer and is a wrong Finish, v 0. root = 1/2 (0 + .5) = .25, 1/2 (.25 + .5 / 2) = .25, n 2.
  //   UCB, 2 sqrt(ln 2) = 1.665: 0.0 2.165; 0.1, wrong and with quota left, competes: 1.665  ->  0.0
  // Expansion 2: wrong, right. 0.0 = 1/2 (.5 + 0) = .25, 1/2 (.25 + 1 / 2) = .375, n 3; root = 1/2 (.25 + .5 / 3) = .208333, 1/2 (.208333 + 3 x .375 / 4) = .244792, n 4.
  //   UCB: 0.0 = .375 + 2 sqrt(ln 4 / 3) = 1.734556; 0.1 = 0 + 2 sqrt(ln 4) = 2.354820  ->  0.1: one Reflect
  // Expansion 3: 0.1.0 at depth 2, 3/6 = .5. 0.1 = 1/2 (0 + .5) = .25, n 2; root = 1/2 (.244792 + (3 x .375 + 2 x .25) / 5) = .284896, n 5.
  //   UCB: 0.0 = .375 + 2 sqrt(ln 5 / 3) = 1.839895; 0.1 = .25 + 2 sqrt(ln 5 / 2) = 2.044123  ->  0.1 -> 0.1.0, its only child, 2.165109
  // Expansion 4: 0.1.0.0 right, 0.1.0.1 wrong. 0.1.0 = 1/2 (.5 + 1) = .75, 1/2 (.75 + 1 / 2) = .625, n 3; 0.1 = 1/2 (.25 + .75) = .5, 1/2 (.5 + .625) = .5625, n 4;
  //   root = 1/2 (.284896 + (3 x .375 + 3 x .5) / 6) = .361198, 1/2 (.361198 + (3 x .375 + 4 x .5625) / 7) = .421670, n 7.
  //   0.1.0.1 is wrong, but a Reflect stands on its path already: it is completed. Open is 0.0.0 alone, below 0.0.
  // Expansion 5: the Reflect of 0.0.0 fails: 0.0.0 stays the wrong Finish it was. No leaf is open.
  expect(numbersOf(played.tree)).toEqual({
    '0': [0.42167, 7], '0.0': [0.375, 3], '0.1': [0.5625, 4], '0.0.0': [0, 1], '0.0.1': [1, 1], '0.1.0': [0.625, 3], '0.1.0.0': [1, 1], '0.1.0.1': [0, 1], '0.0.0.0': [null, 0],
  });
  const byId = new Map(played.tree.search!.nodes.map((node) => [node.id, node]));
  expect(['0.1', '0.1.0', '0.0.0'].map((id) => { const { action, asked, refined, verdict } = byId.get(id)!; return [action, asked, refined, verdict?.status]; }))
    .toEqual([['reason', 'reason', true, 'wrong'], ['reflect', 'reflect', false, undefined], ['finish', 'finish', false, 'wrong']]);
  expect(played.tree.search!.selections.map(({ nodeId, how }) => [nodeId, how])).toEqual([['0', 'reason'], ['0.0', 'ask'], ['0.1', 'reflect'], ['0.1.0', 'ask'], ['0.0.0', 'reflect']]);
  expect(played.tree.search!.selections.map(({ path }) => path.map(({ score, runnerUp }) => [Number(score.toFixed(6)), runnerUp === null ? null : Number(runnerUp.toFixed(6))]))).toEqual([
    [], [[2.165109, 1.665109]], [[2.35482, 1.734556]], [[2.044123, 1.839895], [2.165109, null]], [[1.98576, null], [2.096294, null]],
  ]);
  expect(played.tree.closed).toMatchObject({ stop: 'exhausted' });
  expect(printTree(treeRecord(played.tree))).toContain('  0.1  reason (a refined finish)  v 0.5625  n 4  wrong (A)  The answer is A.\n      expansion 3, wave 3: UCB 2.3548 over 1.7346; one Reflect');
});

test('puts the opening of a Reflect before what the model wrote, and makes a Finish of one that states an answer', () => {
  const played = play(open({ childrenMax: 1, nodesMax: 3, forcedFinish: 'none' }, '1', 7, 'meds3-v4'), scripted({ '1/reason': ['The answer is A.'], '2/reflect': [' It is not the stomach. The answer is B.\n\nStep 3: More.'] }, {}));
  const [, , reflect] = played.tree.search!.nodes;
  expect(reflect).toMatchObject({ id: '0.0.0', action: 'finish', asked: 'reflect', value: 1, text: 'Let me check the steps above. It is not the stomach. The answer is B.' });
});

test('reflects on right Finishes too under always, on none without quota', () => {
  const script = scripted({ '1/reason': ['The answer is B.'], '2/reflect': [' All is well.'] }, { '0.0.0': 3 });
  const tree = (refinesMax: number) => play(open({ childrenMax: 1, nodesMax: 3, forcedFinish: 'none', reflect: 'always', refinesMax }), script).tree;
  // 0.0 right, v 1: root = 1/2 (0 + 1) = .5. Its Reflect: 3/6. 0.0 = 1/2 (1 + .5) = .75; root = 1/2 (.5 + .75) = .625
  expect(numbersOf(tree(1))).toEqual({ '0': [0.625, 2], '0.0': [0.75, 2], '0.0.0': [0.5, 1] });
  expect([numbersOf(tree(0)), tree(0).closed!.stop]).toEqual([{ '0': [0.5, 1], '0.0': [1, 1] }, 'exhausted']);
});
