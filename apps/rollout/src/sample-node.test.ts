import { scriptedPolicy } from '@slowthink/models';
import type { CompletionsRecord, ExpansionEvent, RolloutEvent } from '@slowthink/records';
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

  it('never shows the gold to the model', async () => {
    const policy = scriptedPolicy({ answer: () => ({ text: ' The answer is B.' }) });
    await firstValueFrom(sampleNode(policy, { ...delivery, value: { ...node, gold: { kind: 'choice', answer: 'C', options } } }));
    await firstValueFrom(sampleNode(policy, delivery));
    expect(policy.requests[0]).toEqual(policy.requests[1]);
  });
});
