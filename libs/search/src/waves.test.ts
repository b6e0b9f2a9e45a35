// Waves: several leaves at once, with virtual loss.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { numbersOf, open, play, randomScript, scripted } from './testing/play.ts';
import { referenceTree } from './testing/reference.ts';

test('works out a wave of two: virtual loss sends the second leaf to the other side', () => {
  const played = play(open({ childrenMax: 2, nodesMax: 8, wave: 2, choosing: 'from-text', forcedFinish: 'none' }), scripted({
    '1/reason': ['Look at the heart.', 'Look at the lungs.'], '2/reason': ['a step', 'b step'], '3/reason': ['c step', 'd step'], '4/reason': ['e step', 'The answer is B.'], '5/reason': ['The answer is A.', 'f step'],
  }, { '0.0': 6, '0.1': 5, '0.0.0': 3, '0.0.1': 4, '0.1.0': 3, '0.1.1': 1, '0.0.1.0': 3, '0.1.0.1': 2 }));
  // Wave 1 is the root: .6, .5; root .3, .425, n 2.
  // Wave 2: 0.0 (2.265109 over 2.165109); with it taken only 0.1 is open, .5 + 2 sqrt(ln 3) = 2.596294.
  //   Expansion 2: 3/6, 4/6: 0.0 = .55, .566667, n 3; root .479167, .514583.   Expansion 3: 3/6, 1/6: 0.1 = .5, .416667, n 3; root .527292, .509479, n 6
  // Wave 3, first leaf: 0.0 = .566667 + 2 sqrt(ln 6 / 3) = 2.112310, 0.1 = .416667 + 1.545643 = 1.962310  ->  0.0; there 0.0.1 = .666667 + 2 sqrt(ln 3) = 2.762961 over 2.596294
  //   second leaf, one virtual visit of value 0 on 0, 0.0 and 0.0.1: 0.0 = .566667 x 3/4 + 2 sqrt(ln 7 / 4) = .425 + 1.394959 = 1.819959, 0.1 = .416667 + 2 sqrt(ln 7 / 3) = 2.027426  ->  0.1, not 0.0 again;
  //   there 0.1.0 = .5 + 2.096294 = 2.596294 over 2.262961
  //   Expansion 4: 3/5, right: 0.0.1 = .633333, .716667; 0.0 = .577778, .620139; root .509105, .526471.   Expansion 5: wrong, 2/5: 0.1.0 = .25, .225; 0.1 = .319444, .264931; root .506484, .474509, n 10
  expect(numbersOf(played.tree)).toEqual({
    '0': [0.474509, 10], '0.0': [0.620139, 5], '0.1': [0.264931, 5], '0.0.0': [0.5, 1], '0.0.1': [0.716667, 3], '0.1.0': [0.225, 3], '0.1.1': [0.166667, 1],
    '0.0.1.0': [0.6, 1], '0.0.1.1': [1, 1], '0.1.0.0': [0, 1], '0.1.0.1': [0.4, 1],
  });
  const scores = played.tree.search!.selections.map(({ nodeId, wave, path }) => [nodeId, wave, ...path.map(({ score, runnerUp }) => `${score.toFixed(6)} ${runnerUp?.toFixed(6)}`)]);
  expect(scores).toEqual([
    ['0', 1], ['0.0', 2, '2.265109 2.165109'], ['0.1', 2, '2.596294 undefined'], // the root has n 2 and one virtual visit: .5 + 2 sqrt(ln 3)
    ['0.0.1', 3, '2.112310 1.962310', '2.762961 2.596294'], ['0.1.0', 3, '2.027426 1.819959', '2.596294 2.262961'],
  ]);
  expect(played.inFlight.some((ids) => ids.some((id) => id.endsWith('/4/reason')) && ids.some((id) => id.endsWith('/5/reason')))).toBe(true);
});

test('grows with waves of 1 the tree that the plain loop of the paper grows', () => {
  fc.assert(fc.property(fc.record({
    childrenMax: fc.integer({ min: 1, max: 4 }), nodesMax: fc.integer({ min: 1, max: 40 }), depthMax: fc.constantFrom(null, 2, 5), correctLeavesMax: fc.integer({ min: 1, max: 6 }), gateHigh: fc.constantFrom(0.5, 0.9),
    backup: fc.constantFrom('comp', 'mean'), exploration: fc.constantFrom(0, 1, 2), forcedFinish: fc.constantFrom('all', 'untilEnough', 'none'), forcedFinishEnough: fc.integer({ min: 0, max: 4 }),
    choosing: fc.constantFrom('asked', 'from-text'), reflect: fc.constantFrom('off', 'wrong', 'always'), refinesMax: fc.integer({ min: 0, max: 2 }),
  }), fc.nat({ max: 1_000_000 }), (overrides, seed) => {
    const opened = open(overrides, '1', seed);
    const script = randomScript(seed, false);
    const { tree } = play(opened, script);
    expect(tree.search!.nodes.map(({ id, action, value, visits }) => [id, action, value, visits])).toEqual(referenceTree(opened, script));
  }), { numRuns: 400 });
});

test('depends on its width alone: the same tree whatever comes first', () => {
  fc.assert(fc.property(fc.integer({ min: 2, max: 8 }), fc.nat({ max: 1_000_000 }), (wave, seed) => {
    const opened = open({ wave, nodesMax: 30 }, '1', seed);
    let dice = seed;
    const last = play(opened, randomScript(seed), (waiting) => { dice = (Math.imul(dice, 48271) + 11) >>> 0; return dice % waiting; });
    expect(numbersOf(last.tree)).toEqual(numbersOf(play(opened, randomScript(seed)).tree));
  }), { numRuns: 100 });
});
