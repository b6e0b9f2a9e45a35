// Known defects of the original code, each shown to be absent.
import { FaultError } from '@slowthink/faults';
import { expect, test } from 'vitest';
import { next, treeRecord } from './index.ts';
import { numbersOf, open, play, randomScript, type Script } from './testing/play.ts';

const half: Script['simulate'] = ({ rollouts }) => ({ right: Math.floor(rollouts / 2), n: rollouts });

test('gives the tenth question the same node budget as the first (defect: 60 grew to 574)', () => {
  const script: Script = { answer: (request) => request.children.map((child) => (request.kind === 'choose' ? 'Reason' : `Weigh finding ${request.parentId} ${child}.`)), simulate: half };
  const counts = Array.from({ length: 10 }, (_, question) => play(open({ forcedFinish: 'none' }, `${question}`), script).tree.search!.nodes.length);
  expect(counts).toEqual(Array.from({ length: 10 }, () => 61)); // 1 + 20 x 3: the budget of 60 is looked at between expansions
});

test('goes on elsewhere when a node gets no child (defect: one childless node ends the whole search)', () => {
  const refused = new FaultError('MODEL_REFUSED', 'Refused.');
  const script: Script = {
    answer: (request) => (request.expansion === 2 ? refused : request.children.map((child) => (request.kind === 'choose' ? 'Reason' : `Weigh finding ${request.parentId} ${child}.`))), simulate: half,
  };
  const { tree, requests } = play(open({ nodesMax: 12, forcedFinish: 'none' }), script);
  const [first] = requests.filter(({ expansion }) => expansion === 2);
  const inVain = tree.search!.nodes.find(({ id }) => id === first!.parentId)!;
  expect(inVain.children.map((child) => tree.search!.nodes[child]!.outcome)).toEqual(['failed', 'failed', 'failed']);
  expect(tree.search!.folded).toBe(4); // 1 + 3, 7, 10, 13 nodes
  expect(requests.filter(({ expansion, parentId }) => expansion > 2 && parentId.startsWith(first!.parentId))).toEqual([]);
  expect(tree.closed).toMatchObject({ status: 'closed', stop: 'nodes' });
});

test('simulates each intermediate step of a Finish and never lends it the value of its parent (defect: unsimulated steps became labels)', () => {
  const script: Script = {
    answer: (request) => (request.kind === 'finish' ? [`Compare the options.\n\nStep ${request.depth + 1}: The answer is B.`] : request.children.map((child) => `Weigh finding ${child}.`)),
    simulate: ({ nodeId, rollouts }) => ({ right: nodeId === '0.0' ? rollouts : nodeId === '0.0.0' ? 1 : 0, n: rollouts }),
  };
  const { tree, events } = play(open({ nodesMax: 6, forcedFinish: 'none' }), script);
  const step = tree.search!.nodes.find(({ id }) => id === '0.0.0')!;
  expect([step.action, step.right, step.simulations, step.value]).toEqual(['reason', 1, 6, (1 / 6 + 1) / 2]); // 1/6, backed up once by the right Finish below: 1/2 (1/6 + 1)
  expect(events.filter((event) => event.type === 'rollout').map(({ nodeId }) => nodeId)).toContain('0.0.0');
});

test('gives no value to what lies below a step whose simulation failed', () => {
  const script: Script = {
    answer: (request) => (request.kind === 'finish' ? [`Compare the options.\n\nStep ${request.depth + 1}: Rule out A.\n\nStep ${request.depth + 2}: The answer is B.`] : request.children.map((child) => `Weigh finding ${child}.`)),
    simulate: ({ nodeId, rollouts }) => (nodeId === '0.0.0' ? new FaultError('MODEL_REFUSED', 'Refused.') : { right: nodeId === '0.0' ? rollouts : 0, n: rollouts }),
  };
  const { tree } = play(open({ nodesMax: 6, correctLeavesMax: 1, forcedFinish: 'none' }), script);
  expect(numbersOf(tree)).toMatchObject({ '0.0': [1, 1], '0.0.0': [null, 0], '0.0.0.0': [null, 0], '0.0.0.0.0': [null, 0] });
  expect(tree.search!.stop).toBe('nodes'); // a right leaf without a value is no right leaf
});

test('leaves words that begin with "Step" whole (defect: "Stepwise therapy" was split)', () => {
  const text = 'Stepwise therapy comes first. Step by step it is raised.';
  const { tree } = play(open({ childrenMax: 1, nodesMax: 2, forcedFinish: 'none' }), { answer: () => [text], simulate: half });
  expect(tree.search!.nodes.map((node) => node.text).slice(1)).toEqual([text]);
});

test('asks for everything at once that does not depend on each other (defect: one request in flight at a time)', () => {
  const script: Script = { answer: (request) => request.children.map((child) => (request.kind === 'choose' ? ['Reason', 'Finish', 'Reason'][child]! : `Weigh ${request.parentId} ${child}.`)), simulate: half };
  const { inFlight } = play(open({ nodesMax: 7 }), script);
  expect(inFlight.some((ids) => ids.some((id) => id.endsWith('/2/reason')) && ids.some((id) => id.endsWith('/2/finish')))).toBe(true);
  expect(Math.max(...inFlight.map((ids) => ids.length))).toBeGreaterThanOrEqual(4); // the forced finishes
});

test('asks for the choice with a request of its own that reads words (defect: the choice read the BOS token, so the policy never chose)', () => {
  const script: Script = { answer: (request) => request.children.map((child) => (request.kind === 'choose' ? '\n**Finish**' : request.kind === 'finish' ? 'The answer is B.' : `Weigh ${child}.`)), simulate: half };
  const { tree } = play(open({ childrenMax: 2, nodesMax: 5, forcedFinish: 'none' }), script);
  expect(tree.search!.nodes.slice(3).map(({ action, verdict }) => [action, verdict?.status])).toEqual([['finish', 'right'], ['finish', 'right']]);
});

test('gives the same tree for the same seed, and other seeds to the model for another (defect: no seeds)', () => {
  const seedsOf = (seed: number): readonly number[] => play(open({}, '1', seed), randomScript(3)).requests.map((request) => request.seed);
  expect(seedsOf(7)).toEqual(seedsOf(7));
  expect(seedsOf(8)[0]).not.toBe(seedsOf(7)[0]);
  expect(seedsOf(7).every((seed) => seed >= 0 && seed < 2 ** 30)).toBe(true);
});

test('closes a tree as failed when nothing below the root has a value, and only then (defect: a broad except dropped the question)', () => {
  const refused = new FaultError('MODEL_REFUSED', 'The server refused.');
  const lost = play(open(), { answer: () => refused, simulate: half });
  expect(treeRecord(lost.tree)).toMatchObject({ status: 'failed', stop: 'root-failed', nodes: [{ id: '0', value: 0, visits: 0 }, { id: '0.0', outcome: 'failed', value: null }, {}, {}] });
  expect(next(lost.tree)).toEqual({ requests: [], simulations: [] });
  const unsimulated = play(open(), { answer: (request) => request.children.map((child) => `Weigh ${child}.`), simulate: () => refused });
  expect(unsimulated.tree.closed).toMatchObject({ status: 'failed', stop: 'root-failed' });
  const saved = play(open({ nodesMax: 4, forcedFinish: 'none' }), { answer: (request) => request.children.map((child) => (child === 2 ? 'The answer is A.' : '')), simulate: half });
  expect(numbersOf(saved.tree)).toEqual({ '0': [0, 1], '0.0': [null, 0], '0.1': [null, 0], '0.2': [0, 1] });
  expect(saved.tree.closed).toMatchObject({ status: 'closed', stop: 'nodes' });
});
