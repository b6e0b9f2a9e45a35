// Trees worked out by hand with the equations of meds3 (UCB with c = 2; comp: v <- 1/2 (v + sum n v / sum n)). Every expected number stands in a comment.
import { expect, test } from 'vitest';
import { apply, type TreeEvent } from './index.ts';
import { numbersOf, open, play, scripted } from './testing/play.ts';

test('works out the tree of meds3: root 0.2, 0.35, 0.341667, then two asked expansions', () => {
  const opened = open({ nodesMax: 8, forcedFinish: 'none' });
  const played = play(opened, scripted({
    '1/reason': ['Look at the heart.', 'Look at the lungs.', 'Look at the liver.'],
    '2/choose': ['Reason', 'Finish', 'Reason'], '2/reason': ['The lungs are clear.', 'The lungs are full.'], '2/finish': ['The answer is B.'],
    '3/choose': ['Finish', 'Finish', 'Finish'], '3/finish': ['The answer is A.', 'The answer is C.', 'The answer is D.'],
  }, { '0.0': 4, '0.1': 6, '0.2': 0, '0.1.0': 3, '0.1.2': 0 }));
  // Expansion 1, n_sim = max(floor(20 / 2), 5) = 10: v = 4/10, 6/10, 0/10.
  //   root: 1/2 (0 + .4) = .2;  1/2 (.2 + (.4 + .6) / 2) = .35;  1/2 (.35 + 1.0 / 3) = .341667;  n = 3
  // Selection, ln 3 = 1.098612, 2 sqrt(ln 3 / 1) = 2.096294: 0.0: 2.496, 0.1: 2.696, 0.2: 2.096  ->  0.1
  // Expansion 2, n_sim = max(floor(20 / 3), 5) = 6: 0.1.0 = 3/6, 0.1.1 right = 1, 0.1.2 = 0/6.
  //   0.1.0: 0.1 = 1/2 (.6 + .5) = .55, n 2;                root = 1/2 (.341667 + (.4 + 2 x .55) / 4) = 1/2 (.341667 + .375) = .358333, n 4
  //   0.1.1: 0.1 = 1/2 (.55 + 1.5 / 2) = .65, n 3;          root = 1/2 (.358333 + (.4 + 3 x .65) / 5) = 1/2 (.358333 + .47) = .414167, n 5
  //   0.1.2: 0.1 = 1/2 (.65 + 1.5 / 3) = .575, n 4;         root = 1/2 (.414167 + (.4 + 4 x .575) / 6) = 1/2 (.414167 + .45) = .432083, n 6
  // Selection, ln 6 = 1.791759: 0.0: .4 + 2 sqrt(1.791759) = 3.077; 0.1: .575 + 2 sqrt(1.791759 / 4) = 1.914; 0.2: 2.677  ->  0.0
  // Expansion 3: three wrong Finishes, v = 0.
  //   0.0.0: 0.0 = 1/2 (.4 + 0) = .2, n 2;                  root = 1/2 (.432083 + (2 x .2 + 4 x .575) / 7) = 1/2 (.432083 + .385714) = .408899, n 7
  //   0.0.1: 0.0 = .1, n 3;                                 root = 1/2 (.408899 + (3 x .1 + 2.3) / 8) = 1/2 (.408899 + .325) = .366949, n 8
  //   0.0.2: 0.0 = .05, n 4;                                root = 1/2 (.366949 + (4 x .05 + 2.3) / 9) = 1/2 (.366949 + .277778) = .322364, n 9
  // Nodes: 1 + 3 + 3 = 7 < 8, so there is a third expansion; 10 >= 8 stops.
  expect(numbersOf(played.tree)).toEqual({
    '0': [0.322364, 9], '0.0': [0.05, 4], '0.1': [0.575, 4], '0.2': [0, 1],
    '0.1.0': [0.5, 1], '0.1.1': [1, 1], '0.1.2': [0, 1], '0.0.0': [0, 1], '0.0.1': [0, 1], '0.0.2': [0, 1],
  });
  expect(played.requests.map(({ id }) => id.slice(opened.treeId.length + 1))).toEqual(['1/reason', '2/choose', '2/reason', '2/finish', '3/choose', '3/finish']);
  expect(played.requests.find(({ kind, expansion }) => kind === 'reason' && expansion === 2)).toMatchObject({ children: [0, 2], n: 2, depth: 2, parentId: '0.1', forced: false });
  expect(played.tree.closed).toMatchObject({ status: 'closed', stop: 'nodes' });
});

test('works out the root after each of the three backups of its first expansion', () => {
  // The same rights 4, 6, 0 of 10 as above, with one, two and three children: .2, .35, .341667; n = 1, 2, 3.
  const rootAfter = (children: number): unknown => {
    const script = scripted({ '1/reason': ['a step', 'b step', 'c step'].slice(0, children) }, { '0.0': 4, '0.1': 6, '0.2': 0 });
    return numbersOf(play(open({ childrenMax: children, nodesMax: 1, forcedFinish: 'none' }), script).tree)['0'];
  };
  expect([rootAfter(1), rootAfter(2), rootAfter(3)]).toEqual([[0.2, 1], [0.35, 2], [0.341667, 3]]);
});

test('works out a Finish of three steps as a chain with simulations of its own, backed up from the top down', () => {
  const opened = open({ childrenMax: 2, nodesMax: 8, forcedFinish: 'none' });
  const played = play(opened, scripted({
    '1/reason': ['Look at the heart.', 'Look at the lungs.'],
    '2/finish': ['Weigh the findings.\n\nStep 3: Rule out A.\n\nStep 4: The answer is B.'],
    '3/choose': ['Finish', 'Reason'], '3/finish': ['This is hard to say.'], '3/reason': ['The answer is A.'],
  }, { '0.0': 9, '0.1': 5, '0.0.0': 3, '0.0.0.0': 4, '0.1.0': 2 }));
  // Expansion 1: v = 9/10, 5/10; root: 1/2 (0 + .9) = .45; 1/2 (.45 + 1.4 / 2) = .575, n 2.
  // Selection, 2 sqrt(ln 2) = 1.665: 0.0: 2.565, 0.1: 2.165  ->  0.0; its own simulation 0.9 >= 0.9: one Finish, nobody is asked.
  // Expansion 2: 0.0.0 at depth 2: 3/6 = .5; 0.0.0.0 at depth 3, n_sim = max(floor(20 / 4), 5) = 5: 4/5 = .8; 0.0.0.0.0 right = 1.
  //   0.0.0:     0.0 = 1/2 (.9 + .5) = .7, n 2;                                                              root = 1/2 (.575 + (2 x .7 + .5) / 3) = 1/2 (.575 + .633333) = .604167, n 3
  //   0.0.0.0:   0.0.0 = 1/2 (.5 + .8) = .65, n 2; 0.0 = 1/2 (.7 + .65) = .675, n 3;                         root = 1/2 (.604167 + (3 x .675 + .5) / 4) = 1/2 (.604167 + .63125) = .617708, n 4
  //   0.0.0.0.0: 0.0.0.0 = 1/2 (.8 + 1) = .9, n 2; 0.0.0 = 1/2 (.65 + .9) = .775, n 3; 0.0 = 1/2 (.675 + .775) = .725, n 4;
  //              root = 1/2 (.617708 + (4 x .725 + .5) / 5) = 1/2 (.617708 + .68) = .648854, n 5
  // Selection: below 0.0 everything is finished, so 0.1 is the only open child.
  // Expansion 3: 0.1.0 was to finish, states no answer, becomes Reason: 2/6 = .333333; 0.1.1 was to reason, states an answer, becomes a wrong Finish: 0.
  //   0.1.0: 0.1 = 1/2 (.5 + .333333) = .416667, n 2;       root = 1/2 (.648854 + (2.9 + .833333) / 6) = 1/2 (.648854 + .622222) = .635538, n 6
  //   0.1.1: 0.1 = 1/2 (.416667 + .333333 / 2) = .291667, n 3; root = 1/2 (.635538 + (2.9 + .875) / 7) = 1/2 (.635538 + .539286) = .587412, n 7
  expect(numbersOf(played.tree)).toEqual({
    '0': [0.587412, 7], '0.0': [0.725, 4], '0.1': [0.291667, 3], '0.0.0': [0.775, 3], '0.0.0.0': [0.9, 2], '0.0.0.0.0': [1, 1], '0.1.0': [0.333333, 1], '0.1.1': [0, 1],
  });
  const byId = new Map(played.tree.search!.nodes.map((node) => [node.id, node]));
  expect(['0.0.0', '0.0.0.0', '0.0.0.0.0', '0.1.0', '0.1.1'].map((id) => [byId.get(id)!.action, byId.get(id)!.right, byId.get(id)!.simulations]))
    .toEqual([['reason', 3, 6], ['reason', 4, 5], ['finish', null, null], ['reason', 2, 6], ['finish', null, null]]);
  expect(played.requests.map(({ kind }) => kind)).toEqual(['reason', 'finish', 'choose', 'reason', 'finish']);
});

test('works out forced finishes: begun together, best value first, backed up in that order whatever comes first', () => {
  const opened = open({ childrenMax: 2, nodesMax: 3 });
  const script = scripted({ '1/reason': ['Look at the heart.', 'Look at the lungs.'], '2/finish': ['The answer is B.'], '3/finish': ['The answer is A.'] }, { '0.0': 2, '0.1': 8 });
  // Expansion 1: v = .2, .8; root: 1/2 (0 + .2) = .1; 1/2 (.1 + 1.0 / 2) = .3, n 2. Three nodes stop the search with no right leaf: 0 <= 3, all open leaves are forced.
  // Expansion 2 forces 0.1 (.8 first): right, 0.1 = 1/2 (.8 + 1) = .9, n 2; root = 1/2 (.3 + (.2 + 1.8) / 3) = 1/2 (.3 + .666667) = .483333, n 3
  // Expansion 3 forces 0.0:            wrong, 0.0 = 1/2 (.2 + 0) = .1, n 2; root = 1/2 (.483333 + (.2 + 1.8) / 4) = 1/2 (.483333 + .5) = .491667, n 4
  const expected = { '0': [0.491667, 4], '0.0': [0.1, 2], '0.1': [0.9, 2], '0.1.0': [1, 1], '0.0.0': [0, 1] };
  const played = play(opened, script);
  expect(numbersOf(played.tree)).toEqual(expected);
  expect(numbersOf(play(opened, script, (waiting) => waiting - 1).tree)).toEqual(expected);
  expect(numbersOf([...played.events].reverse().reduce<ReturnType<typeof apply> | undefined>((tree, event: TreeEvent) => apply(tree, event), undefined)!)).toEqual(expected);
  expect(played.requests.slice(1).map(({ parentId, forced, expansion }) => [parentId, forced, expansion])).toEqual([['0.1', true, 2], ['0.0', true, 3]]);
  expect(played.inFlight).toContainEqual([`${opened.treeId}/2/finish`, `${opened.treeId}/3/finish`]);
  expect(played.tree.closed).toMatchObject({ status: 'closed', stop: 'nodes' });
});

test('selects another leaf under comp than under mean', () => {
  const script = scripted({
    '1/reason': ['Look at the heart.', 'Look at the lungs.'], '2/reason': ['a step', 'b step'], '3/reason': ['c step', 'd step'], '4/reason': ['e step', 'f step'],
  }, { '0.0': 8, '0.1': 2, '0.0.0': 1, '0.0.1': 2, '0.1.0': 2, '0.1.1': 2, '0.0.1.0': 3, '0.0.1.1': 2, '0.1.0.0': 3, '0.1.0.1': 2 });
  const tree = (backup: 'comp' | 'mean') => play(open({ childrenMax: 2, nodesMax: 8, choosing: 'from-text', forcedFinish: 'none', backup }), script).tree;
  // Expansion 1: .8, .2.  UCB, 2 sqrt(ln 2) = 1.665: 0.0 2.465, 0.1 1.865  ->  0.0, under both rules.
  // Expansion 2: 1/6, 2/6.   comp: 0.0 = 1/2 (.8 + .166667) = .483333, then 1/2 (.483333 + .25) = .366667.   mean: .166667, then .25.   n 3
  //   UCB: 0.0 = .366667 (.25) + 2 sqrt(ln 4 / 3) = 1.726 (1.610), 0.1 = .2 + 2 sqrt(ln 4) = 2.555  ->  0.1, under both.
  // Expansion 3: 2/6, 2/6.   comp: 0.1 = 1/2 (.2 + .333333) = .266667, then 1/2 (.266667 + .333333) = .3.      mean: .333333, .333333.  n 3
  //   UCB: both have n 3 and the same exploration 2 sqrt(ln 6 / 3) = 1.546, so v decides: comp .366667 > .3 -> 0.0, there 0.0.1 (.333333 > .166667); mean .333333 > .25 -> 0.1, there 0.1.0 (a tie).
  // Expansion 4, depth 3, 3/5 and 2/5:
  //   comp: 0.0.1 = 1/2 (.333333 + .6) = .466667, 1/2 (.466667 + .5) = .483333; 0.0 = 1/2 (.366667 + (.166667 + 2 x .466667) / 3) = .366667, 1/2 (.366667 + (.166667 + 3 x .483333) / 4) = .385417;
  //         root .45, .419444, .372222, .349444, .341389, then 1/2 (.341389 + (4 x .366667 + 3 x .3) / 7) = .339742, 1/2 (.339742 + (5 x .385417 + 3 x .3) / 8) = .346564
  //   mean: 0.1.0 = .6, .5; 0.1 = (2 x .6 + .333333) / 3 = .511111, (3 x .5 + .333333) / 4 = .458333; root = (3 x .25 + 4 x .511111) / 7 = .399206, (3 x .25 + 5 x .458333) / 8 = .380208
  expect(tree('comp').search!.selections.map(({ nodeId }) => nodeId)).toEqual(['0', '0.0', '0.1', '0.0.1']);
  expect(tree('mean').search!.selections.map(({ nodeId }) => nodeId)).toEqual(['0', '0.0', '0.1', '0.1.0']);
  expect(numbersOf(tree('comp'))).toMatchObject({ '0': [0.346564, 8], '0.0': [0.385417, 5], '0.1': [0.3, 3], '0.0.1': [0.483333, 3] });
  expect(numbersOf(tree('mean'))).toMatchObject({ '0': [0.380208, 8], '0.0': [0.25, 3], '0.1': [0.458333, 5], '0.1.0': [0.5, 3] });
});

test('works out a tree with wrong answers only', () => {
  const played = play(open({ childrenMax: 2, nodesMax: 5 }), scripted({
    '1/reason': ['Look at the heart.', 'Look at the lungs.'], '2/choose': ['Finish', 'Finish'], '2/finish': ['The answer is A.', 'The answer is C.'], '3/finish': ['The answer is D.'],
  }, { '0.0': 3, '0.1': 1 }));
  // Expansion 1: .3, .1; root 1/2 (0 + .3) = .15, 1/2 (.15 + .2) = .175, n 2.  UCB: 0.0 = .3 + 1.665 is the best.
  // Expansion 2: two wrong Finishes. 0.0 = 1/2 (.3 + 0) = .15, .075; root = 1/2 (.175 + (2 x .15 + .1) / 3) = .154167, 1/2 (.154167 + (3 x .075 + .1) / 4) = .117708, n 4
  // Five nodes stop the search with no right leaf: the one open leaf, 0.1, is forced: wrong. 0.1 = 1/2 (.1 + 0) = .05; root = 1/2 (.117708 + (3 x .075 + 2 x .05) / 5) = .091354, n 5
  expect(numbersOf(played.tree)).toEqual({ '0': [0.091354, 5], '0.0': [0.075, 3], '0.1': [0.05, 2], '0.0.0': [0, 1], '0.0.1': [0, 1], '0.1.0': [0, 1] });
  expect(played.tree.closed).toMatchObject({ status: 'closed', stop: 'nodes' });
});
