import { scriptedPolicy } from '@slowthink/models';
import { hashSeed, type Gold, type HardnessRecord, type QuestionRecord, type SolutionsRecord } from '@slowthink/records';
import type { Delivery } from '@slowthink/stream';
import type { Verifier } from '@slowthink/verifiers';
import { firstValueFrom } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { refused, probeQuestion, probeRequestOf, type ProbeDeps } from './probe-question.ts';

const options = [...'ABC'].map((letter) => ({ letter, text: `drug ${letter}` }));
const questionOf = (gold: Gold): QuestionRecord => ({ type: 'question', v: 1, id: 'made/train/1', dataset: 'made', split: 'train', role: 'train', attempt: 1, prompt: { text: 'Which drug?\nA. drug A\nB. drug B\nC. drug C' }, gold });
const deliveryOf = (value: QuestionRecord): Delivery<QuestionRecord> => ({ topic: 'seeds', partition: 0, offset: 5, key: value.id, value });
const question = questionOf({ kind: 'choice', answer: 'B', options });
const texts = [' The answer is B.', ' Fever.\n\nStep 2: The answer is C.', ' I do not know', ' The answer is B.\n\nStep 0: Let us look at another one.\n\nStep 1: The answer is C.'];
const policy = scriptedPolicy({ answer: (_request, index) => ({ text: texts[index]! }) });
const deps: ProbeDeps = { policy, identity: { model: 'm', revision: 'v' }, search: { prompting: 'bare', stepping: 'marked', rollout: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 50 }, questionTokensMax: 30 }, samples: 4, seed: 7 };

describe('probeQuestion', () => {
  it('gives right / n with the question, and every solution with its seed and verdict', async () => {
    const { outputs, settled } = await firstValueFrom(probeQuestion(deps, deliveryOf(question)));
    const [hardness, solutions] = outputs.map(({ value }) => value) as [HardnessRecord, SolutionsRecord];
    const seed = hashSeed(7, 'probe', 'made/train/1');
    expect(hardness).toMatchObject({ question, right: 2, n: 4, none: 1, seed, requestId: 'made/train/1/probe', policy: { model: 'm', revision: 'v' }, usage: { requests: 1, samples: 4 } });
    expect(solutions.samples.map(({ text, seed: own, verdict }) => [text, own, verdict.status])).toEqual([[texts[0], seed, 'right'], [texts[1], seed + 1, 'wrong'], [texts[2], seed + 2, 'none'], [texts[3], seed + 3, 'right']]);
    expect(settled.map(({ verdict }) => verdict)).toEqual(['ok']);
  });

  it('judges what follows the thoughts of a thinking model, and keeps the thoughts apart', async () => {
    const thinking = scriptedPolicy({ answer: (_request, index) => ({ text: index === 0 ? '<think>The answer is C?</think> The answer is B.' : '<think>The answer is B, or', finish: index === 0 ? 'stop' : 'length' }) });
    const { outputs } = await firstValueFrom(probeQuestion({ ...deps, policy: thinking, samples: 2 }, deliveryOf(question)));
    const [hardness, solutions] = outputs.map(({ value }) => value) as [HardnessRecord, SolutionsRecord];
    expect(hardness).toMatchObject({ right: 1, n: 2, none: 1 });
    expect(solutions.samples.map(({ reasoning, verdict }) => [reasoning, verdict.status, verdict.why])).toEqual([['The answer is C?', 'right', undefined], [expect.stringContaining('The answer is B, or'), 'none', 'truncated']]);
  });

  it('asks for whole solutions from Step 0 with the sampling of a rollout, and never shows the gold', () => {
    const request = probeRequestOf(question, deps);
    expect(request).toMatchObject({ n: 4, prefix: "Step 0: Let's break down this problem step by step.\n\nStep 1:", stop: [], sampling: deps.search.rollout });
    expect(probeRequestOf(questionOf({ kind: 'choice', answer: 'C', options }), deps)).toEqual(request);
  });

  it('draws the seeds of a question from the seed of the run and its id alone', () => {
    const seeds = (seed: number, id: string) => probeRequestOf({ ...question, id }, { ...deps, seed }).seed;
    expect(seeds(7, 'made/train/1')).toBe(probeRequestOf(question, { ...deps, samples: 2 }).seed);
    expect(new Set([seeds(7, 'made/train/1'), seeds(8, 'made/train/1'), seeds(7, 'made/train/2')]).size).toBe(3);
  });

  it('refuses a question that the search would refuse as too long, before any request', () => {
    const long = refused(deps, deliveryOf({ ...question, prompt: { text: 'x'.repeat(121) } }))!;
    expect(long.settled.map(({ verdict }) => verdict)).toEqual(['failed']);
    expect(long.outputs[0]!.value).toMatchObject({ code: 'QUESTION_TOO_LONG', message: 'made/train/1 has about 31 tokens; at most 30 are allowed.' });
  });

  it('drops a question whose answers no grader judges, with the reason, and no other', () => {
    expect(refused({ search: deps.search }, deliveryOf(question))).toBeUndefined();
    const open = deliveryOf(questionOf({ kind: 'open', answer: 'rest' }));
    const dropped = refused({ search: deps.search }, open)!;
    expect(dropped.settled.map(({ verdict }) => verdict)).toEqual(['dropped']);
    expect(dropped.outputs[0]!.value).toMatchObject({ type: 'fault', code: 'QUESTION_NO_GRADER', stage: 'probe', place: 'seeds/0/5', questionId: 'made/train/1' });
    expect(refused({ search: deps.search, verifier: never }, open)).toBeUndefined();
  });

  it('lets a program or a chat model judge, which makes open questions countable', async () => {
    const judge: Verifier = { ...never, verify: async ({ text }) => ({ status: text.includes('rest') ? 'right' : 'wrong', answer: text, normalised: text, rule: 'judge' }) };
    const texts = [' Take a rest.', ' Run.', ' A rest helps.', ''];
    const asked = scriptedPolicy({ answer: (_request, index) => ({ text: texts[index]! }) });
    const { outputs } = await firstValueFrom(probeQuestion({ ...deps, samples: 4, policy: asked, verifier: judge }, deliveryOf(questionOf({ kind: 'open', answer: 'rest' }))));
    expect(outputs[0]!.value).toMatchObject({ type: 'hardness', right: 2, n: 4, none: 1 }); // a solution without text states no answer and is judged by nobody
  });
});

const never: Verifier = { describe: async () => ({ name: 'judge' }), verify: () => Promise.reject(new Error('nobody is asked')), close: async () => {} };
