import type { QuestionRecord } from '@slowthink/records';
import { resolveSearch } from '@slowthink/search';
import { Credits, type Delivery, type StageContext } from '@slowthink/stream';
import { scriptedPolicy } from '@slowthink/models';
import { expect, test } from 'vitest';
import { sampleRequestOf } from './ask-policy.ts';
import { OpenTrees, type Ask } from './open-trees.ts';

const question: QuestionRecord = {
  type: 'question', v: 1, id: 'made/train/1', dataset: 'made', split: 'train', role: 'train', attempt: 1, prompt: { text: 'Decide.', history: [{ role: 'user', content: 'Which drug?\nA. x\nB. y' }, { role: 'assistant', content: 'Since when?' }] },
  gold: { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'x' }, { letter: 'B', text: 'y' }] },
};
const trees = (search: Parameters<typeof resolveSearch>[2], asked = question) => {
  const credits = new Credits(1);
  credits.claim(1);
  const context: StageContext = {
    partition: 0, surveyed: undefined, observer: () => {}, credits: { trees: credits }, restored: (async function* () {})(), position: () => 0, restoredFrom: {}, draining: new AbortController().signal, room: () => Promise.resolve(), restoreFrom: () => {},
  };
  const open = new OpenTrees({ policy: scriptedPolicy({ answer: () => ({ text: '' }) }), identity: { model: 'm', revision: '1' }, search: resolveSearch('meds3-v2', 'paper', search), run: 'run', settingsHash: 'settings', seed: 7, snapshotRecords: 20_000 }, context);
  return { open, turn: open.take({ topic: 'questions', partition: 0, offset: 0, key: asked.id, value: asked } as Delivery) };
};
const usage = { requests: 1, samples: 3, promptTokens: 9, completionTokens: 9 };

test('a reply becomes events without its thoughts; they stand on the first node of each sample', () => {
  const { open, turn } = trees({});
  const [ask] = turn.asks as [Ask];
  const samples = [
    { text: '<think>The answer is A.</think> Weigh it.', finish: 'stop', tokens: 3 }, { text: ' The answer is B.', reasoning: 'Not A.', finish: 'stop', tokens: 3 }, { text: '<think>The answer is B, I think', finish: 'length', tokens: 3 },
  ] as const;
  const { emission } = open.answer({ ask, reply: { samples, usage } });
  expect(emission.outputs.map(({ value }) => value)).toMatchObject([
    { text: 'Weigh it.', action: 'reason', reasoning: 'The answer is A.' }, { text: 'The answer is B.', action: 'finish', reasoning: 'Not A.', verdict: { status: 'right' } }, { outcome: 'failed', text: '', truncated: true, reasoning: 'The answer is B, I think' },
  ]);
});

test('a question of several turns is asked as messages, and its turns count for its length', () => {
  const [ask] = trees({ prompting: 'bare', stepping: 'paragraph' }).turn.asks as [Ask];
  expect(sampleRequestOf(ask)).toMatchObject({ messages: [...question.prompt.history!, { role: 'user', content: 'Decide.' }], prefix: "Let's break down this problem step by step.\n\n", stop: ['\n\n'] });
  const long = { ...question, prompt: { text: 'Decide.', history: [{ role: 'user' as const, content: 'word '.repeat(400) }, { role: 'assistant' as const, content: 'So?' }] } };
  expect(trees({ questionTokensMax: 100 }, long).turn).toMatchObject({ asks: [], emission: { settled: [{ verdict: 'failed' }] } });
  expect(trees({ questionTokensMax: 100 }).turn.asks).toHaveLength(1);
});
