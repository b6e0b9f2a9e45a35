// A tree worked out by hand for each rule that stops a search. All have n_sim 10 at depth 1 and no forced finishes.
import { FaultError } from '@slowthink/faults';
import { expect, test } from 'vitest';
import type { SearchOverrides } from './index.ts';
import { numbersOf, open, play, scripted, type Script } from './testing/play.ts';

/** Two Reason children, 5/10 and 4/10, then whatever the answers say. Root: 1/2 (0 + .5) = .25, 1/2 (.25 + .9 / 2) = .35, n 2; 0.0 is selected (.5 > .4). */
const halfAndLess = (answers: Parameters<typeof scripted>[0] = {}): Script => scripted({ '1/reason': ['Look at the heart.', 'Look at the lungs.'], ...answers }, { '0.0': 5, '0.1': 4, '0.0.0': 3, '0.0.1': 3 });
const stopped = (script: Script, overrides: SearchOverrides): readonly unknown[] => {
  const { tree } = play(open({ childrenMax: 2, forcedFinish: 'none', ...overrides }), script);
  return [tree.closed!.stop, tree.closed!.status, numbersOf(tree)];
};
const two = { '0': [0.35, 2], '0.0': [0.5, 1], '0.1': [0.4, 1] } as const;

test('root-failed: no child of the root has a value', () => {
  const refused = new FaultError('MODEL_REFUSED', 'Refused.');
  expect(stopped(scripted({ '1/reason': refused }, {}), {})).toEqual(['root-failed', 'failed', { '0': [0, 0], '0.0': [null, 0], '0.1': [null, 0] }]);
});

test('correct-leaves: as many right leaves as wanted, distinct by chain text', () => {
  // 0.0: 1/2 (.5 + 1) = .75, 1/2 (.75 + 1) = .875, n 3; root: 1/2 (.35 + (2 x .75 + .4) / 3) = .491667, 1/2 (.491667 + (3 x .875 + .4) / 4) = .623958, n 4
  const right = ['The answer is B.', 'It is a nitrate, so the answer is B.'];
  const script = halfAndLess({ '2/choose': ['Finish', 'Finish'], '2/finish': right });
  expect(stopped(script, { correctLeavesMax: 2 })).toEqual(['correct-leaves', 'closed', { '0': [0.623958, 4], '0.0': [0.875, 3], '0.1': [0.4, 1], '0.0.0': [1, 1], '0.0.1': [1, 1] }]);
  const same = halfAndLess({ '2/choose': ['Finish', 'Finish'], '2/finish': [right[0]!, right[0]!] });
  expect(stopped(same, { correctLeavesMax: 2, nodesMax: 5 })[0]).toBe('nodes'); // twice the same text is one leaf
});

test('nodes: looked at between waves, so 3 of 2 is possible and no further expansion begins', () => {
  expect(stopped(halfAndLess(), { nodesMax: 2 })).toEqual(['nodes', 'closed', two]);
  // 4 allows one expansion more, 5 nodes in the end: 0.0 = 1/2 (.5 + .5), .5; root = 1/2 (.35 + (2 x .5 + .4) / 3) = .408333, 1/2 (.408333 + (3 x .5 + .4) / 4) = .441667, n 4
  expect(stopped(halfAndLess({ '2/choose': ['Reason', 'Reason'], '2/reason': ['a step', 'b step'] }), { nodesMax: 4 })).toEqual(['nodes', 'closed', { ...two, '0': [0.441667, 4], '0.0': [0.5, 3], '0.0.0': [0.5, 1], '0.0.1': [0.5, 1] }]);
});

test('samples: steps, Finishes, choices and simulations count: 2 + 2 x 10 = 22', () => {
  expect(stopped(halfAndLess(), { samplesMax: 22 })).toEqual(['samples', 'closed', two]);
  expect(stopped(halfAndLess({ '2/choose': ['Finish', 'Finish'], '2/finish': ['The answer is A.', 'The answer is C.'] }), { samplesMax: 23 })[0]).toBe('samples'); // 22 < 23, then 22 + 2 + 2 = 26
});

test('tokens: what the tree has generated, 5 a sample here: 22 x 5 = 110', () => {
  expect(stopped(halfAndLess(), { tokensMax: 110 })).toEqual(['tokens', 'closed', two]);
  expect(stopped(halfAndLess({ '2/choose': ['Finish', 'Finish'], '2/finish': ['The answer is A.', 'The answer is C.'] }), { tokensMax: 111 })[0]).toBe('tokens');
});

test('exhausted: every leaf is finished, or lies at the depth limit', () => {
  expect(stopped(halfAndLess(), { depthMax: 1 })).toEqual(['exhausted', 'closed', two]);
  // wrong and right: root 1/2 (0 + 0) = 0, 1/2 (0 + 1/2) = .25
  expect(stopped(scripted({ '1/reason': ['The answer is A.', 'The answer is B.'] }, {}), {})).toEqual(['exhausted', 'closed', { '0': [0.25, 2], '0.0': [0, 1], '0.1': [1, 1] }]);
});
