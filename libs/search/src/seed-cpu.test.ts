// The recipe for a model that knows bare questions only: no choice is asked, the text says what is a Finish, everything of a node continues one prefix, and a tree ends at its cap.
import { finishPrompt, openStep, reasonPrompt, rolloutPrompt } from '@slowthink/prompts';
import { hashSeed, type ExpansionEvent } from '@slowthink/records';
import { expect, test } from 'vitest';
import { numbersOf, open, play, type Script } from './testing/play.ts';

/** A policy that solves in `length` steps and a last one with the answer, one sample in two going wrong somewhere on its way. */
function solver(length: number, seed: number): Script {
  const roll = (...parts: readonly unknown[]): number => hashSeed(seed, ...parts) % 1000;
  const write = (depth: number, wrong: boolean, ...key: readonly unknown[]): string => {
    if (depth > length) return `The answer is ${wrong ? 'A' : 'B'}.`;
    return roll(...key, 'slip') < 400 / length || wrong ? `Mistake ${roll(...key) % 4}.` : `Rule ${roll(...key) % 3}.`;
  };
  const isWrong = (steps: readonly string[]): boolean => steps.some((step) => step.startsWith('Mistake'));
  return {
    answer: ({ id, kind, children, steps, depth }) => children.map((child) => {
      const texts = [...steps];
      for (let k = depth; k <= (kind === 'reason' ? depth : Math.max(depth, length + 1)); k++) texts.push(write(k, isWrong(texts), id, child, k));
      return texts.slice(depth).map((text, place) => (place === 0 ? text : `Step ${depth + place}: ${text}`)).join('\n\n');
    }),
    simulate: ({ rollouts, steps, nodeId }) => ({ n: rollouts, right: isWrong(steps) ? 0 : Array.from({ length: rollouts }, (_, at) => roll(nodeId, at, 'rollout') < 600).filter(Boolean).length }),
  };
}

const opened = (id: string) => open({}, id, 7, 'seed-cpu');
const trees = Array.from({ length: 120 }, (_, index) => ({ opened: opened(String(index)), played: play(opened(String(index)), solver(2 + index % 3, index)) }));

test('asks no choice: every request is for steps or a Finish, in bare prompts', () => {
  for (const { opened: { search }, played } of trees) {
    expect([search.choosing, search.prompting]).toEqual(['from-text', 'bare']);
    expect(new Set(played.requests.map(({ kind }) => kind)).has('choose')).toBe(false);
    expect(played.tree.search!.usage.choices).toBeUndefined();
  }
  expect(new Set(trees.flatMap(({ played }) => played.requests.map(({ kind }) => kind)))).toEqual(new Set(['reason', 'finish']));
});

test('takes the Finish from the text: a step that states an answer is graded, is not simulated and is never expanded', () => {
  const { tree } = play(open({ childrenMax: 3, simulationBase: 8, simulationMin: 4 }, '1', 7, 'seed-cpu'), { answer: ({ depth, children }) => children.map((child) => (depth === 1 ? `Weigh ${child}.` : child === 0 ? 'The answer is B.' : 'The answer is A.')), simulate: ({ rollouts }) => ({ right: 2, n: rollouts }) });
  // Expansion 1: 3 x 2/4. Root: 1/2 (0 + .5) = .25; 1/2 (.25 + .5) = .375; 1/2 (.375 + .5) = .4375, n 3. UCB equal: 0.0.
  // Expansion 2, Finishes 1, 0, 0 under 0.0 (v .5): 1/2 (.5 + 1) = .75; 1/2 (.75 + 1/2) = .625; 1/2 (.625 + 1/3) = .479167, n 4. Root after each:
  //   1/2 (.4375 + (2 x .75 + 1) / 4) = .53125;  1/2 (.53125 + (3 x .625 + 1) / 5) = .553125;  1/2 (.553125 + (4 x .479167 + 1) / 6) = .519618, n 6
  const numbers = numbersOf(tree);
  expect(tree.search!.nodes.slice(4, 7).map(({ id, action, simulations, value }) => [id, action, simulations, value])).toEqual([['0.0.0', 'finish', null, 1], ['0.0.1', 'finish', null, 0], ['0.0.2', 'finish', null, 0]]);
  expect(numbers['0.0']).toEqual([0.479167, 4]);
  expect(tree.search!.nodes.every(({ action, children }) => action !== 'finish' || children.length === 0)).toBe(true);
  expect(tree.closed!.stop).toBe('exhausted'); // nine Finishes below the three steps, three of them right
});

test('begins the rollouts of a node with the very text that its own children begin with', () => {
  let compared = 0;
  for (const { opened: { prompt, search: { prompting } }, played } of trees) {
    const rolledOut = new Map(played.events.filter((event): event is ExpansionEvent => event.type === 'expansion' && event.rollouts > 0).map((event) => [event.nodeId, event]));
    for (const { parentId, steps, kind } of played.requests) {
      const node = rolledOut.get(parentId);
      if (node === undefined) continue; // the root is not simulated
      const asked = (kind === 'reason' ? reasonPrompt : finishPrompt)({ prompt, steps, prompting, stepping: 'marked' });
      const rollout = rolloutPrompt({ prompt: node.prompt, steps: node.steps, prompting: node.prompting, stepping: node.stepping });
      expect([rollout.messages, rollout.prefix]).toEqual([asked.messages, asked.prefix]);
      expect(rollout.prefix).toBe(openStep(steps));
      expect(rollout.messages).toEqual([{ role: 'user', content: prompt.text }]);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(500);
});

test('begins no expansion at 50 samples; with its forced Finishes a capped tree comes to about 120, and none to more than 200', () => {
  const capped = trees.filter(({ played }) => played.tree.closed!.stop === 'samples').map(({ played }) => played);
  const samples = (events: readonly { readonly type: string }[]): number => (events as readonly ExpansionEvent[]).reduce((sum, event) => sum + (event.type === 'expansion' ? (event.chain === 0 ? 1 : 0) + event.rollouts : 0), 0);
  expect(capped.length).toBeGreaterThan(30);
  for (const { tree, events } of capped) {
    const searched = samples(events.filter((event) => event.type === 'expansion' && !event.forced));
    expect(searched).toBeGreaterThanOrEqual(50);
    expect(searched).toBeLessThan(50 + 24);
    expect(tree.search!.samples).toBe(samples(events));
    expect(tree.search!.samples).toBeLessThanOrEqual(200);
    expect(tree.search!.nodes.some(({ action }) => action === 'finish')).toBe(true); // never a tree without a chain to learn from
  }
  const mean = capped.reduce((sum, { tree }) => sum + tree.search!.samples, 0) / capped.length;
  expect(mean).toBeGreaterThan(95);
  expect(mean).toBeLessThan(135);
});
