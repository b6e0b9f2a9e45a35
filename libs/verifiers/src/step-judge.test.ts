import { FaultError } from '@slowthink/faults';
import { scriptedPolicy, systemClock, type PolicyScript, type SampleRequest } from '@slowthink/models';
import { scorerConformance } from '@slowthink/models/scorer-conformance';
import { describe, expect, it } from 'vitest';
import { identityOfStepJudge, stepJudge } from './step-judge.ts';

const identity = { model: 'big', revision: '7' };
const request = { id: 'r', question: 'How many mg?', steps: ["Let's begin.", '12 x 5 = 60.', 'The answer is 50 mg.'] };
const judge = (answer: PolicyScript['answer'], samples = 1, more: Partial<PolicyScript> = {}) => {
  const policy = scriptedPolicy({ answer, ...more });
  return { policy, scorer: stepJudge({ policy, identity, samples, tokensMax: 64 }) };
};

describe('a chat model as a step scorer', () => {
  it('is asked once a solution at temperature 0, and its verdict on a step is 1 or 0', async () => {
    const { policy, scorer } = judge(() => ({ text: 'Step 1: right\nStep 2: wrong' }));
    expect((await scorer.score(request)).values).toEqual([1, 0]);
    expect(policy.requests).toHaveLength(1);
    expect(policy.requests[0]).toMatchObject({ n: 1, prefix: '', sampling: { temperature: 0, maxTokens: 64 } });
    expect(policy.requests[0]!.messages[0]!.content).toContain('Step 2\n| The answer is 50 mg.');
    expect(policy.requests[0]!.messages[0]!.content).not.toContain("Let's begin.");
  });

  it('gives the share of its votes, drawn in one request', async () => {
    let at = 0;
    const { policy, scorer } = judge(() => ({ text: ['Step 1: right\nStep 2: wrong', 'Step 1: right\nStep 2: right', 'Step 1: right\nStep 2: wrong', 'Step 1: wrong\nStep 2: wrong'][at++]! }), 4);
    expect((await scorer.score(request)).values).toEqual([0.75, 0.25]);
    expect(policy.requests.map(({ n, sampling }) => [n, sampling.temperature])).toEqual([[4, 0.7]]);
  });

  it('asks again for as many votes as could not be read', async () => {
    let at = 0;
    const { policy, scorer } = judge(() => ({ text: ['Step 1: right\nStep 2: wrong', 'I cannot say.', 'Step 1: wrong\nStep 2: wrong', 'Step 1: right\nStep 2: right'][at++]! }), 3);
    expect((await scorer.score(request)).values).toEqual([2 / 3, 1 / 3]);
    expect(policy.requests.map(({ n }) => n)).toEqual([3, 1]);
    expect(new Set(policy.requests.map(({ seed }) => seed)).size).toBe(2);
  });

  it('asks again for a vote that cannot be read, counts what that cost, and after three replies gives the solution up', async () => {
    const once = judge((_request, _index, seed) => ({ text: seed === once.policy.requests[0]!.seed ? 'It looks fine to me.' : 'Step 1: right\nStep 2: right' }));
    const { values, usage } = await once.scorer.score(request);
    expect([values, usage.requests, usage.completionTokens]).toEqual([[1, 1], 2, 5 + 6]); // a word is a token
    expect(once.policy.requests.map(({ sampling }) => sampling.temperature)).toEqual([0, 0.7]);
    const never = judge(() => ({ text: 'Step 1: right' }));
    await expect(never.scorer.score(request)).rejects.toMatchObject({ code: 'GRADER_REPLY_INVALID', blame: 'record', message: 'judge:big@7 64 tokens gave 3 replies on r that hold no verdict on each of its 2 steps, or several on one. The last one ends with "Step 1: right".' });
  });

  it('is named by its model, by its votes where there are several, and by their length where it is not the usual one', () => {
    expect(identityOfStepJudge(identity, { samples: 1, tokensMax: 2048 })).toEqual({ model: 'judge:big', revision: '7' });
    expect(identityOfStepJudge(identity, { samples: 3, tokensMax: 512 })).toEqual({ model: 'judge:big', revision: '7 x3 512 tokens' });
  });

  it('hands the faults of its server on, and says that they are the scorer\'s', async () => {
    const { scorer } = judge(() => ({ text: '' }), 1, { fail: () => new FaultError('MODEL_UNAUTHORIZED', 'POST http://host answered 401.') });
    await expect(scorer.score(request)).rejects.toMatchObject({ code: 'MODEL_UNAUTHORIZED', message: 'The scorer: POST http://host answered 401.', hint: 'Set the key in SLOWTHINK_SCORING_API_KEY and check that the server accepts it.' });
  });
});

/** A judge that decides on each step by question and steps up to it. */
function verdictsOn({ messages }: SampleRequest): string {
  const content = messages[0]!.content, blocks = content.slice(0, content.indexOf('\n\nIs each step right?')).split(/\n\n(?=Step \d+\n)/);
  let state = 7;
  return blocks.flatMap((block, k) => {
    for (const sign of block) state = (Math.imul(state, 31) + sign.codePointAt(0)!) >>> 0;
    return k === 0 ? [] : [`Step ${k}: ${(state ^ (state >>> 16)) % 2 === 0 ? 'right' : 'wrong'}`];
  }).join('\n');
}

scorerConformance('a chat model', async () => {
  const policy = scriptedPolicy({ answer: (asked) => ({ text: verdictsOn(asked) }), fail: ({ messages }) => (messages[0]!.content.length > 50_000 ? new FaultError('MODEL_CONTEXT_EXCEEDED', 'It is too long.') : undefined) });
  return stepJudge({ policy: { ...policy, sample: async (asked, signal) => { await systemClock.sleep(1, signal); return policy.sample(asked, signal); } }, identity, samples: 1, tokensMax: 100_000 });
}, { prefixTolerance: 0 });
