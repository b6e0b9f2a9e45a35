import { scriptedPolicy } from '@slowthink/models';
import { CHOICES, STEP_ZERO } from '@slowthink/prompts';
import { openedEvent, recipes, type SearchRequest } from '@slowthink/search';
import { expect, test } from 'vitest';
import { sampleRequestOf } from './ask-policy.ts';

const opened = openedEvent({
  question: { type: 'question', v: 1, id: 'd/train/1', dataset: 'd', split: 'train', role: 'train', attempt: 1, prompt: { text: 'What helps?' }, gold: { kind: 'choice', answer: 'B', options: [{ letter: 'A', text: 'Rest' }, { letter: 'B', text: 'Iron' }] } },
  run: 'r', settingsHash: 's', seed: 1, policy: { model: 'm', revision: '1' }, search: recipes['meds3-v2']!,
});
const request = (kind: SearchRequest['kind']): SearchRequest => ({
  id: `id-${kind}`, kind, treeId: opened.treeId, questionId: opened.questionId, expansion: 2, parentId: '0.0', children: [0, 1, 2], n: 3, seed: 7, steps: [STEP_ZERO, 'Iron is low.'], depth: 2, forced: false,
});

test('a choice carries the two words to choose from; no other request does', () => {
  expect(sampleRequestOf({ opened, request: request('choose') })).toMatchObject({ id: 'id-choose', choices: CHOICES, n: 3, seed: 7, sampling: recipes['meds3-v2']!.choice });
  for (const kind of ['reason', 'finish'] as const) expect(sampleRequestOf({ opened, request: request(kind) })).not.toHaveProperty('choices');
});

test('what a policy without words says to a choice is passed as it is', async () => {
  const policy = scriptedPolicy({ answer: () => ({ text: ' I would finish.' }) });
  const { samples } = await policy.sample(sampleRequestOf({ opened, request: request('choose') }));
  expect(samples.map(({ text }) => text)).toEqual([' I would finish.', ' I would finish.', ' I would finish.']);
});
