// Adaptive simulation: the same number of completions an expansion, more of them where the value is uncertain.
import { FaultError } from '@slowthink/faults';
import type { SimulationEvent } from '@slowthink/records';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstRound, shareOut, simulationsAt } from './simulation-rounds.ts';
import { resolveSearch } from './resolve-search.ts';
import { numbersOf, open, play, randomScript, scripted } from './testing/play.ts';

test('works out an expansion of three nodes: 0, 2 and 5 of 5, then 4, 7 and 4 more', () => {
  const played = play(open({ simulating: 'adaptive', nodesMax: 5, forcedFinish: 'none' }), scripted(
    { '1/reason': ['Look at the heart.', 'Look at the lungs.', 'Look at the liver.'], '2/finish': ['The answer is B.'] },
    { '0.0': 0, '0.1': 2, '0.2': 5, '0.0/2': 1, '0.1/2': 3, '0.2/2': 4 },
  ));
  // n_sim = 10, the first round has 5 each; 3 x 5 = 15 are left. p = (right + 1/2) / 6 = .083333, .416667, .916667; sqrt(p (1 - p)) = .276385, .493007, .276385, together 1.045777.
  // 15 shared out: 3.964, 7.071, 3.964 -> 3 + 7 + 3, the two of the largest remainders go to the first and the third: 4, 7, 4.
  // v = (0 + 1) / 9 = .111111, (2 + 3) / 12 = .416667, (5 + 4) / 9 = 1. root = .055556, 1/2 (.055556 + .263889) = .159722, 1/2 (.159722 + .509259) = .334491, n 3
  // 0.2 = 1 >= .9, so it gets one Finish: right. root = 1/2 (.334491 + (.111111 + .416667 + 2 x 1) / 4) = .483218, n 4
  expect(numbersOf(played.tree)).toEqual({ '0': [0.483218, 4], '0.0': [0.111111, 1], '0.1': [0.416667, 1], '0.2': [1, 2], '0.2.0': [1, 1] });
  expect(played.tree.search!.nodes.map(({ right, simulations }) => [right, simulations])).toEqual([[null, null], [1, 9], [5, 12], [9, 9], [null, null]]);
  expect(played.tree.search!.samples).toBe(3 + 30 + 1);
  const first = played.events.find((event) => event.type === 'expansion' && event.nodeId === '0.1');
  const second = played.events.find((event): event is SimulationEvent => event.type === 'simulation' && event.nodeId === '0.1')!;
  expect(second).toMatchObject({ round: 2, rollouts: 7, steps: ["Let's break down this problem step by step.", 'Look at the lungs.'] });
  expect(second.seed).toBe((first as { seed: number }).seed + 5); // the sixth sample of ten is the first of the second round
});

test('keeps what the first round gave where the second fails, and gives nothing to a node whose first failed', () => {
  const refused = new FaultError('MODEL_REFUSED', 'Refused.');
  const { tree } = play(open({ childrenMax: 2, simulating: 'adaptive', nodesMax: 3, forcedFinish: 'none' }), {
    answer: () => ['a step', 'b step'], simulate: (event) => (event.type === 'simulation' || event.nodeId === '0.1' ? refused : { right: 4, n: event.rollouts }),
  });
  expect(tree.search!.nodes.map(({ value, right, simulations }) => [value, right, simulations])).toEqual([[0.4, null, null], [0.8, 4, 5], [null, null, null]]); // root 1/2 (0 + .8)
  expect(tree.search!.samples).toBe(2 + 5 + 5 + 5); // all five further ones went to 0.0
});

test('shares out exactly the budget, never less to the more uncertain of two equally simulated nodes', () => {
  const simulated = fc.integer({ min: 1, max: 12 }).chain((n) => fc.record({ right: fc.integer({ min: 0, max: n }), n: fc.constant(n) }));
  fc.assert(fc.property(fc.integer({ min: 0, max: 60 }), fc.array(simulated, { minLength: 1, maxLength: 8 }), (budget, nodes) => {
    const counts = shareOut(budget, nodes);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(budget);
    nodes.forEach((a, i) => nodes.forEach((b, j) => { if (a.n === b.n && Math.abs(a.right - a.n / 2) < Math.abs(b.right - b.n / 2)) expect(counts[i]!).toBeGreaterThanOrEqual(counts[j]!); }));
  }));
  expect(shareOut(7, [])).toEqual([]);
});

test('asks for as many completions a tree as fixed simulation, when it grows the same nodes', () => {
  fc.assert(fc.property(fc.nat({ max: 1_000_000 }), (seed) => {
    const { tree } = play(open({ simulating: 'adaptive' }, '1', seed), randomScript(seed, false));
    const settings = tree.opened!.search;
    const simulated = tree.search!.nodes.filter(({ simulations }) => simulations !== null);
    expect(simulated.reduce((sum, { simulations }) => sum + simulations!, 0)).toBe(simulated.reduce((sum, { depth }) => sum + simulationsAt(depth, settings), 0));
  }), { numRuns: 100 });
});

test('begins with all completions when simulation is fixed, with the larger half when it is adaptive', () => {
  const [fixed, adaptive] = [resolveSearch('meds3-v2'), resolveSearch('meds3-v2', 'paper', { simulating: 'adaptive' })];
  expect([1, 2, 3].map((depth) => [firstRound(depth, fixed), firstRound(depth, adaptive)])).toEqual([[10, 5], [6, 3], [5, 3]]);
});
