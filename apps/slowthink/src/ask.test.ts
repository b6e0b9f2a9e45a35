// "slowthink ask" as a user starts it: with the models that ship, with a policy on a server, stopped by Ctrl-C, and used wrongly.
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import type { AnswerObject } from './asking/answer-object.ts';
import { Workplace } from './testing/command-line.ts';
import { never, serverOf } from './testing/model-server.ts';

const place = new Workplace();
afterAll(() => place.close());

const { question } = JSON.parse(readFileSync(new URL('../../../datasets/dosage/dev.jsonl', import.meta.url), 'utf8').split('\n')[0]!) as { question: string }; // 720 mg

describe.concurrent('ask', () => {
  it('answers a dosage question with the models that ship: P-VS over four candidates, each with a value a step', async () => {
    place.write('question.txt', `${question}\n`);
    const ended = await place.run(['ask', '--question-file', 'question.txt', '-n', '4', '--json']);
    expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
    const answered = JSON.parse(ended.stdout) as AnswerObject;
    expect(answered).toMatchObject({ question, kind: 'number', unit: 'mg', answer: '720 mg', rule: 'vote-sum-min', decode: 'sample', models: { policy: { model: 'seed' }, scorer: { model: 'seed' } } });
    expect(answered.candidates).toHaveLength(4);
    for (const { steps, values } of answered.candidates) expect(values).toHaveLength(steps.length);
    expect(answered.chain.map(({ text }) => text)).toEqual(answered.candidates[answered.chosen]!.steps);
    expect(answered.votes.reduce((sum, { votes }) => sum + votes, 0) + answered.without.none + answered.without.truncated + answered.without.several).toBe(4);
    expect(answered.usage).toMatchObject({ policy: { requests: 1, samples: 4 }, scorer: { completionTokens: 0 } });
    expect(answered.usage.policy.completionTokens).toBe(answered.candidates.reduce((sum, { tokens }) => sum + tokens, 0));
  });

  it('asks a policy on a server, and without a scorer takes the majority, plain where there is no terminal', async ({ onTestFinished }) => {
    const server = await serverOf({ onTestFinished });
    const ended = await place.run(['ask', 'Which drug?', '--options', 'aspirin|heparin', '--policy', server.policy, '--scorer', 'none', '-n', '3']);
    expect(ended, ended.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^Answer: (?:A\. aspirin|B\. heparin)\nMajority, without step values: [23] of 3 candidates state it\.\n\n  1  /);
    expect(ended.stdout).toContain('The answer is ');
    expect(server.completions.map(({ n, prompt }) => [n, prompt.includes('Which drug?\nA. aspirin\nB. heparin')])).toEqual([[3, true]]);
  });

  it('ends at once and cleanly by Ctrl-C, without an answer', async ({ onTestFinished }) => {
    const server = await serverOf({ onTestFinished });
    const asked = Promise.withResolvers<void>();
    server.answer = (request, response) => { asked.resolve(); never(request, response); };
    const running = place.start(['ask', 'How to stop a cough?', '--policy', server.policy, '--scorer', 'none']);
    await asked.promise;
    running.kill('SIGINT');
    expect(await running.ended).toEqual({ code: 1, stdout: '', stderr: 'SIGINT: stopped before an answer was found.\n' });
  });

  it('refuses a beam without a scorer with exit 2, before any model is opened', async () => {
    const ended = await place.run(['ask', question, '--decode', 'beam:4', '--scorer', 'none']);
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('SETTING_INVALID --decode beam:4 needs a step scorer, and --scorer is none.');
  });
});
