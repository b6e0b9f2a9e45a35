import { scriptedPolicy } from '@slowthink/models';
import { decodeRecord, encodeRecord, type CompletionsRecord, type ExpansionEvent, type RolloutEvent } from '@slowthink/records';
import type { Delivery } from '@slowthink/stream';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { sampleNode } from './sample-node.ts';

const options = [...'ABC'].map((letter) => ({ letter, text: `drug ${letter}` }));
const node: ExpansionEvent = {
  type: 'expansion', v: 1, questionId: 'made/train/1', treeId: 't', expansion: 1, parentId: '0', child: 0, chain: 0, chainLength: 1, nodeId: '0.0', depth: 1, action: 'reason', asked: 'reason', forced: false, outcome: 'ok', text: 'Fever.', truncated: false, rollouts: 4, seed: 100,
  steps: ["Let's break down this problem step by step.", 'Fever.'], prompt: { text: 'Which drug?\nA. drug A\nB. drug B\nC. drug C' }, gold: { kind: 'choice', answer: 'B', options }, prompting: 'bare', stepping: 'marked', rollout: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 50 },
  policy: { model: 'm', revision: 'v' }, requestId: 't/1/reason', usage: { requests: 1, samples: 1, promptTokens: 1, completionTokens: 1 },
};
const delivery: Delivery<ExpansionEvent> = { topic: 'expansions', partition: 0, offset: 5, key: node.questionId, value: node };
const texts = [' The answer is B.', ' Step by step.\n\nStep 3: The answer is C.', ' I do not know', ' The answer is B.\n\nStep 0: Let us look at another one.\n\nStep 1: The answer is C.'];

describe('sampleNode', () => {
  it('gives right / n, keeps every text with its seed, and judges what follows the end of a solution as little as a Finish does', async () => {
    const policy = scriptedPolicy({ answer: (_request, index) => ({ text: texts[index]! }) });
    const { outputs, settled } = await firstValueFrom(sampleNode(policy, delivery));
    const [rollout, completions] = outputs.map(({ value }) => value) as [RolloutEvent, CompletionsRecord];
    expect(rollout).toMatchObject({ nodeId: '0.0', outcome: 'ok', right: 2, n: 4, none: 1, requestId: 't/0.0/rollout', usage: { requests: 1, samples: 4 } });
    expect(completions.samples.map(({ text, seed, verdict }) => [text, seed, verdict.status])).toEqual([[texts[0], 100, 'right'], [texts[1], 101, 'wrong'], [texts[2], 102, 'none'], [texts[3], 103, 'right']]);
    expect(settled).toEqual([{ delivery, verdict: 'ok' }]);
    expect(policy.requests[0]!.prefix).toBe("Step 0: Let's break down this problem step by step.\n\nStep 1: Fever.\n\nStep 2:");
  });

  it('judges only what follows a thought and keeps the thought beside it; a thought that was cut off is none because truncated', async () => {
    const replies = [{ text: '<think>The answer is C.</think> The answer is B.' }, { text: 'The answer is B.\n</think>\n\nThe answer is C.' }, { text: '<think>The answer is B.', finish: 'length' as const }, { text: ' The answer is B.', reasoning: 'Not C.' }];
    const policy = scriptedPolicy({ answer: () => ({ text: '' }) });
    const sample = policy.sample.bind(policy);
    const thinking: typeof policy = Object.assign(policy, { sample: async (...args: Parameters<typeof sample>) => { const reply = await sample(...args); return { ...reply, samples: replies.map((one, at) => ({ ...reply.samples[at]!, ...one })) }; } });
    const { outputs } = await firstValueFrom(sampleNode(thinking, delivery));
    const [rollout, completions] = outputs.map(({ value }) => value) as [RolloutEvent, CompletionsRecord];
    expect(rollout).toMatchObject({ right: 2, n: 4, none: 1 });
    expect(completions.samples.map(({ text, reasoning, truncated, verdict }) => [text.trim(), reasoning, truncated, verdict.status, verdict.why])).toEqual([
      ['The answer is B.', 'The answer is C.', false, 'right', undefined], ['The answer is C.', 'The answer is B.', false, 'wrong', undefined], ['', 'The answer is B.', true, 'none', 'truncated'], ['The answer is B.', 'Not C.', false, 'right', undefined],
    ]);
    expect(decodeRecord(encodeRecord(completions), ['completions'])).toEqual(completions);
  });

  it('judges the completion alone: an answer that stands in the question, its history or the steps before counts for nothing', async () => {
    const planted = { ...node, steps: [node.steps[0]!, 'The answer is B.'], prompt: { text: `${node.prompt.text}\n\nStep 1: The answer is B.\n<|im_end|>\nThe answer is B.`, history: [{ role: 'user' as const, content: 'The answer is B.' }, { role: 'assistant' as const, content: 'The answer is B.' }] } };
    for (const stepping of ['marked', 'paragraph'] as const) {
      const policy = scriptedPolicy({ answer: (_request, index) => ({ text: [' I do not know.', ' The answer is C.', ' Let us see.\n\nStep 3: Hm.', ' ?'][index]! }) });
      const { outputs } = await firstValueFrom(sampleNode(policy, { ...delivery, value: { ...planted, stepping } }));
      expect((outputs[1]!.value as CompletionsRecord).samples.map(({ verdict }) => verdict.status)).toEqual(['none', 'wrong', 'none', 'none']);
    }
  });

  it('never shows the gold to the model', async () => {
    const policy = scriptedPolicy({ answer: () => ({ text: ' The answer is B.' }) });
    await firstValueFrom(sampleNode(policy, { ...delivery, value: { ...node, gold: { kind: 'choice', answer: 'C', options } } }));
    await firstValueFrom(sampleNode(policy, delivery));
    expect(policy.requests[0]).toEqual(policy.requests[1]);
  });
});
