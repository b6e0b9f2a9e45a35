import { readReply, REFLECT_OPENING } from '@slowthink/prompts';
import { expect, test } from 'vitest';
import { apply, expansionEvents, next, type SearchRequest } from './index.ts';
import { open, play, scripted, usageOf } from './testing/play.ts';

const tree = (stepping: 'marked' | 'paragraph') => apply(undefined, open({ stepping }));
const request = (stepping: 'marked' | 'paragraph', over: Partial<SearchRequest> = {}): SearchRequest => ({ ...next(tree(stepping)).requests[0]!, children: [0], n: 1, ...over });
const events = (stepping: 'marked' | 'paragraph', text: string, over: Partial<SearchRequest> = {}) => expansionEvents(tree(stepping), request(stepping, over), [readReply({ text, finish: 'stop' })], usageOf(1));

test('a step of a policy that writes paragraphs is one paragraph, and a Finish is split at blank lines', () => {
  expect(events('paragraph', 'Pain on effort.\n\nIt is the heart.').map(({ text, stepping, steps }) => [text, stepping, steps.at(-1)])).toEqual([['Pain on effort.', 'paragraph', 'Pain on effort.']]);
  expect(events('paragraph', 'Pain on effort:\n- a\n- b\n\nStep 2: It is the heart.\n\nThe answer is B.', { kind: 'finish' }).map(({ text, action, verdict }) => [text, action, verdict?.status]))
    .toEqual([['Pain on effort:\n- a\n- b', 'reason', undefined], ['It is the heart.', 'reason', undefined], ['The answer is B.', 'finish', 'right']]);
  expect(events('marked', ' Pain on effort.\n\nIt is the heart.').map(({ text }) => text)).toEqual(['Pain on effort.\nIt is the heart.']);
});

test('a thought stands on the first node of its sample, decides nothing and is kept in the tree', () => {
  const chain = events('marked', '<think>The answer is C.</think> Pain on effort.\n\nStep 2: The answer is B.', { kind: 'finish' });
  expect(chain.map(({ text, reasoning, verdict }) => [text, reasoning, verdict?.status])).toEqual([['Pain on effort.', 'The answer is C.', undefined], ['The answer is B.', undefined, 'right']]);
  const { tree: played } = play(open({ childrenMax: 1, nodesMax: 2, forcedFinish: 'none' }), scripted({ '1/reason': [readReply({ text: ' The answer is B.', finish: 'stop', reasoning: 'Not C.' })] }, {}));
  expect(played.search!.nodes[1]).toMatchObject({ text: 'The answer is B.', reasoning: 'Not C.', value: 1 });
});

test('a thought that was cut off is a child without text: truncated, with its reasoning, never an answer', () => {
  for (const kind of ['reason', 'finish', 'reflect'] as const) {
    expect(events('marked', '<think>The answer is B.', { kind })).toMatchObject([{ outcome: 'failed', fault: { code: 'MODEL_EMPTY_STEP' }, text: '', truncated: true, reasoning: 'The answer is B.' }]);
  }
});

test('a Reflect to which the model adds nothing holds no text, whatever it writes behind it', () => {
  for (const text of ['', '\n', '\n\nStep 1: The answer is B.']) expect(events('marked', text, { kind: 'reflect' })).toMatchObject([{ outcome: 'failed', fault: { code: 'MODEL_EMPTY_STEP' } }]);
  expect(events('marked', ' All holds.\n\nStep 2: More.', { kind: 'reflect' })).toMatchObject([{ outcome: 'ok', text: `${REFLECT_OPENING} All holds.`, truncated: false }]);
});
