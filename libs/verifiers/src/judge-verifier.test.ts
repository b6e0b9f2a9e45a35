import { FaultError, faultTable, type FaultCode } from '@slowthink/faults';
import { scriptedPolicy, type PolicyScript } from '@slowthink/models';
import { describe, expect, it } from 'vitest';
import { judgeVerifier, nameJudge, ofJudge, usualVotes } from './judge-verifier.ts';
import type { VerifyRequest } from './verifier.ts';

const identity = { model: 'big', revision: '7' };
const item: VerifyRequest = { id: 'req/1', questionId: 'made/train/1', prompt: { text: 'What lowers blood pressure?' }, gold: { kind: 'open', answer: 'less salt' }, text: 'The answer is eating less salt.', truncated: false };
const judge = (answer: PolicyScript['answer'], samples = 1, more: Partial<PolicyScript> = {}) => {
  const policy = scriptedPolicy({ answer, ...more });
  return { policy, verifier: judgeVerifier({ policy, identity, samples, tokensMax: 64 }) };
};

describe('a chat model as a judge', () => {
  it('is named by model and revision, and by how it votes where that is not as usual', () => {
    expect(nameJudge(identity, usualVotes)).toBe('judge:big@7');
    expect(nameJudge(identity, { samples: 3, tokensMax: 512 })).toBe('judge:big@7 x3');
    expect(nameJudge(identity, { samples: 1, tokensMax: 2048 })).toBe('judge:big@7 2048 tokens');
  });

  it('is asked once at temperature 0, sees question, reference and answer, and its word is the verdict', async () => {
    const { policy, verifier } = judge(() => ({ text: 'Verdict: right' }));
    expect(await verifier.verify(item)).toEqual({ status: 'right', answer: 'eating less salt.', normalised: 'eating less salt', rule: 'judge' });
    expect(await verifier.describe()).toEqual({ name: 'judge:big@7 64 tokens', model: identity });
    expect(policy.requests).toHaveLength(1);
    expect(policy.requests[0]).toMatchObject({ n: 1, prefix: '', sampling: { temperature: 0, maxTokens: 64 } });
    for (const words of ['What lowers blood pressure?', '| less salt', '| The answer is eating less salt.']) expect(policy.requests[0]!.messages[0]!.content).toContain(words);
  });

  it('asks again with another seed and some temperature when a reply cannot be read, three times in all, then GRADER_REPLY_INVALID', async () => {
    const once = judge((_request, _index, seed) => ({ text: seed === once.policy.requests[0]!.seed ? 'I think so.' : 'Verdict: wrong' }));
    expect((await once.verifier.verify(item)).status).toBe('wrong');
    expect(once.policy.requests.map(({ sampling }) => sampling.temperature)).toEqual([0, 0.7]);

    const never = judge(() => ({ text: 'The solution is fine.' }));
    await expect(never.verifier.verify(item)).rejects.toMatchObject({ code: 'GRADER_REPLY_INVALID', blame: 'record', message: 'judge:big@7 64 tokens gave 3 replies on req/1 of made/train/1 that hold no verdict or several. The last one ends with "The solution is fine.".' });
    expect(new Set(never.policy.requests.map(({ seed }) => seed)).size).toBe(3);
  });

  it('takes the status with most votes; of equally many none before wrong before right; the votes are part of its name', async () => {
    const votes = async (...words: readonly string[]): Promise<string> => {
      let at = 0;
      const { policy, verifier } = judge(() => ({ text: `Verdict: ${words[at++]}` }), words.length);
      const { status } = await verifier.verify(item);
      expect(new Set(policy.requests.map(({ seed }) => seed)).size).toBe(words.length);
      expect((await verifier.describe()).name).toBe(`judge:big@7 x${words.length} 64 tokens`);
      return status;
    };
    expect(await votes('right', 'wrong', 'right')).toBe('right');
    expect(await votes('right', 'wrong')).toBe('wrong');
    expect(await votes('right', 'none', 'wrong')).toBe('none');
  });

  it('draws the same votes on the same answer whenever it is asked', async () => {
    const { policy, verifier } = judge((_request, _index, seed) => ({ text: `Verdict: ${seed % 2 === 0 ? 'right' : 'wrong'}` }), 5);
    const first = await verifier.verify(item);
    await verifier.verify({ ...item, text: 'another' });
    expect(await verifier.verify({ ...item, id: 'req/9' })).toEqual(first);
    expect(policy.requests.slice(10).map(({ seed }) => seed)).toEqual(policy.requests.slice(0, 5).map(({ seed }) => seed));
  });

  it('has hints of its own wherever the fault of a server has one that names a setting of the policy', () => {
    const codes = (Object.keys(faultTable) as FaultCode[]).filter((code) => code.startsWith('MODEL_') && /^(?:MODEL_(?:FOLDER|WEIGHTS|RUNTIME|MEMORY|BUDGET))/.exec(code) === null); // those of a model inside the process, and of the policy's budget
    expect(codes.length).toBeGreaterThan(8);
    for (const code of codes) expect((ofJudge(new FaultError(code, 'It failed.')) as FaultError).hint, code).not.toMatch(/--policy|models\.|SLOWTHINK_MODELS/);
  });

  it('hands the faults of its server on, and says that it is the judge\'s', async () => {
    const { verifier } = judge(() => ({ text: '' }), 1, { fail: () => new FaultError('MODEL_UNAUTHORIZED', 'POST http://host answered 401.') });
    await expect(verifier.verify(item)).rejects.toMatchObject({ code: 'MODEL_UNAUTHORIZED', blame: 'environment', message: 'The judge: POST http://host answered 401.', hint: 'Set the key in SLOWTHINK_GRADING_API_KEY and check that the server accepts it.' });
  });
});
