import fc from 'fast-check';
import { beforeAll, afterAll, describe, expect, it } from 'vitest';
import { FaultError } from '@slowthink/faults';
import { scriptedPolicy, scriptedScorer, systemClock, type Policy, type SampleRequest, type ScriptedPolicy, type StepScorer } from '@slowthink/models';
import { onnxPolicy, onnxScorer } from '@slowthink/models-onnx';
import { splitSteps, STEP_ZERO } from '@slowthink/prompts';
import { hashSeed } from '@slowthink/records';
import { seedPolicyDir, seedScorerDir } from '@slowthink/seed-models';
import { beamSearch, type BeamRound, type BeamSearchRequest } from './beam-search.ts';

const base: BeamSearchRequest = {
  id: 'q', prompt: { text: 'How many mg?' }, prompting: 'bare', stepping: 'marked', width: 2, candidates: 4, reduce: 'min', stepsMax: 6, stepTokensMax: 30, seed: 0,
  sampling: { temperature: 1, topP: 1, topK: 0, minP: 0, maxTokens: 100 }, ends: (step) => step.startsWith('The answer is'),
};

/** What stands behind Step 0 in a prefix. */
const before = ({ prefix }: SampleRequest): readonly string[] => splitSteps(prefix, 0).slice(1);
/** Writes letters: sample i of any prefix is the letter i; behind `depth` of them the answer that spells them. */
const speller = (depth: number): ScriptedPolicy => scriptedPolicy({
  answer: (request, index) => { const steps = before(request); return { text: steps.length < depth ? ` ${'abcdefgh'[index]}\n\nStep ${steps.length + 2}: more` : ` The answer is ${steps.join('')}.` }; },
});
/** The value of a step by its text; 0.5 for any other. */
const valuer = (values: { readonly [step: string]: number }, fail?: (call: number) => unknown): ReturnType<typeof scriptedScorer> => scriptedScorer({ value: ({ steps }, index) => values[steps[index]!] ?? 0.5, ...(fail === undefined ? {} : { fail: (_request, call) => fail(call) }) });

describe('a beam search', () => {
  it('keeps the best prefixes after each step and shares the samples among them', async () => {
    const policy = speller(2);
    const scorer = valuer({ a: 0.1, b: 0.9, c: 0.2, d: 0.8 });
    const { solutions } = await beamSearch({ policy, scorer }, base);
    expect(policy.requests.map(({ id, n, prefix }) => [id, n, prefix.slice(STEP_ZERO.length + 10)])).toEqual([
      ['q/beam/step', 4, 'Step 1:'],
      ['q/beam/step.1', 2, 'Step 1: b\n\nStep 2:'], ['q/beam/step.3', 2, 'Step 1: d\n\nStep 2:'],        // .9 and .8 of .1 .9 .2 .8
      ['q/beam/step.1.1', 2, 'Step 1: b\n\nStep 2: b\n\nStep 3:'], ['q/beam/step.3.1', 2, 'Step 1: d\n\nStep 2: b\n\nStep 3:'], // min: bb .9, db .8, ba .1, da .1
    ]);
    expect(solutions.map(({ steps, values, tokens }) => [steps.join(' '), values, tokens])).toEqual([
      ...Array.from({ length: 2 }, () => ['b b The answer is bb.', [0.9, 0.9, 0.5], 6]), ...Array.from({ length: 2 }, () => ['d b The answer is db.', [0.8, 0.9, 0.5], 6]),
    ]);
    expect(policy.requests[0]!.stop).toContain('\nStep 2:');
  });

  it('keeps by the last value where that is asked for', async () => {
    const policy = speller(2);
    await beamSearch({ policy, scorer: valuer({ a: 0.9, b: 0.8, c: 0, d: 0 }) }, { ...base, reduce: 'last' });
    expect(policy.requests.slice(3).map(({ prefix }) => before({ prefix } as SampleRequest).join(''))).toEqual(['aa', 'ba']); // last: .9 .8 .9 .8; by min they were aa and ab
  });

  it('keeps a finished chain whatever its score, and asks for so many samples less', async () => {
    const policy = scriptedPolicy({ answer: (request, index) => ({ text: before(request).length === 0 && index > 0 ? ` go on ${index}` : ` The answer is ${before(request).length}.` }) });
    const { solutions } = await beamSearch({ policy, scorer: valuer({ 'The answer is 0.': 0, 'go on 1': 0.9 }) }, base);
    expect(solutions.map(({ steps }) => steps)).toEqual([['The answer is 0.'], ...Array.from({ length: 2 }, () => ['go on 1', 'The answer is 1.']), ['go on 2', 'The answer is 1.']]);
    expect(policy.requests.map(({ n }) => n)).toEqual([4, 2, 1]); // 3 over two prefixes
  });

  it('counts the same words as one prefix that gets more samples, scores them once, and of equal scores keeps the first', async () => {
    const policy = scriptedPolicy({ answer: (request, index) => ({ text: before(request).length === 0 ? [' same', ' same', ' other', ' third'][index]! : ' The answer is 1.' }) });
    const scorer = valuer({ same: 0.7 });
    await beamSearch({ policy, scorer }, base);
    expect(policy.requests.slice(1).map(({ id, n }) => [id, n])).toEqual([['q/beam/step.0', 3], ['q/beam/step.2', 1]]); // sampled twice and once
    expect(scorer.requests.map(({ steps }) => steps.slice(1).join(' '))).toEqual(['same', 'other', 'third', 'same The answer is 1.', 'other The answer is 1.']);
    expect(scorer.requests.map(({ question, steps }) => [question, steps[0]])).toEqual(scorer.requests.map(() => ['How many mg?', STEP_ZERO]));
  });

  it('finishes by force what still lives at the last step', async () => {
    const policy = scriptedPolicy({ answer: ({ stop }, index) => ({ text: stop.length > 0 ? ` step ${index}` : ' One more.\n\nStep 9: And one.' }) });
    const rounds: BeamRound[] = [];
    const { solutions } = await beamSearch({ policy, scorer: valuer({}) }, { ...base, stepsMax: 2, onRound: (round) => rounds.push(round) });
    expect(policy.requests.at(-1)).toMatchObject({ id: 'q/beam/finish.0.1', stop: [], n: 2, sampling: { maxTokens: 96 } }); // 100 less two steps of two words
    expect(solutions.map(({ steps }) => steps.slice(2))).toEqual(Array.from({ length: 4 }, () => ['One more.', 'And one.']));
    expect(rounds).toEqual([{ round: 1, live: 2, finished: 0 }, { round: 2, live: 2, finished: 0 }, { round: 3, live: 0, finished: 4 }]);
  });

  it('ends a chain whose tokens are spent as cut off, and goes on behind a step that was cut off at its own limit', async () => {
    const policy = scriptedPolicy({ answer: () => ({ text: ' one two three four five' }) });
    const { solutions } = await beamSearch({ policy, scorer: valuer({}) }, { ...base, stepTokensMax: 3, sampling: { ...base.sampling, maxTokens: 5 } });
    expect(policy.requests.map(({ sampling }) => sampling.maxTokens)).toEqual([3, 2]);
    expect(solutions[0]).toMatchObject({ steps: ['one two three', 'one two'], truncated: true, tokens: 5 });
  });

  it('takes half an answer for no end of a chain, but a whole one before words that were cut off', async () => {
    const policy = scriptedPolicy({ answer: (request) => ({ text: before(request).length === 0 ? ' The answer is 7 and a half of it' : ' The answer is 5.\n\nStep 3: And so on' }) });
    const { solutions } = await beamSearch({ policy, scorer: valuer({}) }, { ...base, thinking: true, stepTokensMax: 7 });
    expect(solutions[0]).toMatchObject({ steps: ['The answer is 7 and a half', 'The answer is 5.'], truncated: false, tokens: 14 });
  });

  it('looks at nothing behind the first step of a policy that thinks, and keeps its thoughts', async () => {
    const policy = scriptedPolicy({ answer: (request) => ({ text: `<think>Hm.</think> ${before(request).length === 0 ? 'First.\n\nStep 2: The answer is 9.' : 'The answer is 1.'}` }) });
    const { solutions } = await beamSearch({ policy, scorer: valuer({}) }, { ...base, thinking: true });
    expect(policy.requests.map(({ stop }) => stop)).toEqual([[], []]);
    expect(solutions[0]).toMatchObject({ steps: ['First.', 'The answer is 1.'], reasoning: 'Hm.\n\nHm.' });
  });

  it('gives fewer chains where samples hold no text, and is a fault where none does', async () => {
    const some = scriptedPolicy({ answer: (_request, index) => ({ text: index === 0 ? ' The answer is 1.' : '  \n' }) });
    expect((await beamSearch({ policy: some, scorer: valuer({}) }, base)).solutions).toHaveLength(1);
    await expect(beamSearch({ policy: scriptedPolicy({ answer: () => ({ text: '' }) }), scorer: valuer({}) }, base)).rejects.toMatchObject({ code: 'MODEL_EMPTY_STEP' });
  });

  it('ends with the fault of one failed score, cancels what is in flight, and asks no more', async () => {
    const fault = new FaultError('MODEL_CONTEXT_EXCEEDED', 'too long');
    const policy = speller(2);
    await expect(beamSearch({ policy, scorer: valuer({}, (call) => (call === 5 ? fault : undefined)) }, base)).rejects.toBe(fault);
    expect(policy.calls).toBe(3); // the third round never begins
    let cancelled = 0;
    const slow: Policy = { ...speller(2), sample: (request, signal) => (request.id === 'q/beam/step' ? policy.sample(request) : request.id === 'q/beam/step.0' ? Promise.reject(fault) : new Promise((_, reject) => signal!.addEventListener('abort', () => { cancelled++; reject(signal!.reason as Error); }))) };
    await expect(beamSearch({ policy: slow, scorer: valuer({ a: 1 }) }, base)).rejects.toBe(fault);
    expect(cancelled).toBe(1);
  });

  it('rejects with the reason when it is cancelled', async () => {
    const reason = new Error('not needed');
    await expect(beamSearch({ policy: speller(2), scorer: valuer({}) }, base, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});

/** A policy and a scorer whose words and values are a hash of prefix and seed, and which answer after a while. */
function hashed(delays: number): { readonly policy: ScriptedPolicy; readonly scorer: StepScorer } {
  const sleep = (...parts: readonly unknown[]): Promise<void> => (delays === 0 ? Promise.resolve() : systemClock.sleep(hashSeed(delays, ...parts) % 3));
  const policy = scriptedPolicy({ answer: ({ prefix }, _index, seed) => {
    const hash = hashSeed(prefix, seed);
    return { text: [' The answer is 1.', ' The answer is 2.', '', ' one', ' two\n\nStep 9: three', ' four\nfive', ' six seven eight'][hash % 7]! };
  } });
  const scripted = scriptedScorer({ value: ({ steps }, index) => (hashSeed(steps.slice(0, index + 1)) % 11) / 10 });
  const slow: Policy = { ...policy, sample: async (request, signal) => { await sleep(request.id); return policy.sample(request, signal); } };
  return { policy: Object.defineProperties(slow, Object.getOwnPropertyDescriptors({ get requests() { return policy.requests; } })) as ScriptedPolicy, scorer: { ...scripted, score: async (request, signal) => { await sleep(request.id); return scripted.score(request, signal); } } };
}
const anySearch = fc.record({ width: fc.integer({ min: 1, max: 5 }), more: fc.integer({ min: 0, max: 5 }), reduce: fc.constantFrom('min', 'last'), stepsMax: fc.integer({ min: 1, max: 5 }), seed: fc.nat(1e6), maxTokens: fc.integer({ min: 1, max: 20 }), stepping: fc.constantFrom('marked', 'paragraph') }).map(({ more, maxTokens, ...search }): BeamSearchRequest => ({ ...base, ...search, candidates: search.width + more, sampling: { ...base.sampling, maxTokens } }));
const found = (search: Promise<unknown>): Promise<unknown> => search.catch((error: unknown) => (error as FaultError).code);

describe('any beam search', () => {
  it('comes to the same chains however long answers take and whatever else is asked', async () => {
    await fc.assert(fc.asyncProperty(anySearch, fc.integer({ min: 1, max: 1000 }), async (search, delays) => {
      const alone = await found(beamSearch(hashed(0), search));
      const slow = hashed(delays);
      const [among] = await Promise.all([search, { ...search, id: 'other', seed: search.seed + 1 }].map((one) => found(beamSearch(slow, one))));
      expect(among).toEqual(alone);
    }), { numRuns: 60 });
  });

  it('samples N a round at most, keeps W prefixes, asks under ids that occur once, and pays for every token', async () => {
    await fc.assert(fc.asyncProperty(anySearch, async (search) => {
      const models = hashed(0);
      const rounds: BeamRound[] = [];
      const beams = await beamSearch(models, { ...search, onRound: (round) => rounds.push(round) }).catch(() => undefined);
      const { requests } = models.policy;
      expect(new Set(requests.map(({ id }) => id)).size).toBe(requests.length);
      const depths = Map.groupBy(requests, ({ id }) => id.split('.').length);
      for (const asked of depths.values()) { expect(asked.length).toBeLessThanOrEqual(search.width); expect(asked.reduce((sum, { n }) => sum + n, 0)).toBeLessThanOrEqual(search.candidates); }
      expect(rounds.length).toBeLessThanOrEqual(search.stepsMax + 1);
      if (beams === undefined) return;
      const { solutions, usage } = beams;
      expect(solutions.length).toBeLessThanOrEqual(search.candidates);
      expect(usage.requests).toBe(requests.length);
      expect(usage.samples).toBe(requests.reduce((sum, { n }) => sum + n, 0));
      expect(usage.completionTokens).toBeGreaterThanOrEqual(Math.max(...solutions.map(({ tokens }) => tokens)));
    }), { numRuns: 150 });
  });

  it('gives each chain one value a step, a text that splits into its steps, and no more tokens than it may have', async () => {
    await fc.assert(fc.asyncProperty(anySearch, async (search) => {
      const { solutions } = await beamSearch(hashed(0), search).catch(() => ({ solutions: [] }));
      for (const { steps, text, values, tokens, truncated } of solutions) {
        expect(values).toEqual(steps.map((_, at) => (hashSeed([STEP_ZERO, ...steps.slice(0, at + 1)]) % 11) / 10));
        expect(splitSteps(text, 1, search.stepping)).toEqual(steps);
        expect(tokens).toBeLessThanOrEqual(search.sampling.maxTokens);
        if (!truncated && steps.length <= search.stepsMax) expect(search.ends(steps.at(-1)!)).toBe(true);
      }
    }), { numRuns: 150 });
  });
});

describe('with the models that ship', () => {
  let [policy, scorer]: [Policy?, StepScorer?] = [];
  beforeAll(() => { [policy, scorer] = [onnxPolicy({ dir: seedPolicyDir() }), onnxScorer({ dir: seedScorerDir() })]; });
  afterAll(() => Promise.all([policy?.close(), scorer?.close()]));
  it('finds the right dose of an easy question, as the scorer values whole chains', async () => {
    const question = 'A patient weighs 80 kg. Cloxacillin is ordered at 18 mg/kg per day, in equal doses every 12 hours. How many mg is each dose?'; // 80 x 18 / 2
    const request = { ...base, prompt: { text: question }, stepTokensMax: 64, sampling: { ...base.sampling, maxTokens: 224 } };
    const { solutions } = await beamSearch({ policy: policy!, scorer: scorer! }, request);
    expect(solutions).toHaveLength(4);
    expect(solutions.map(({ steps }) => steps.at(-1))).toContain('The answer is 720 mg.');
    for (const { steps, values } of solutions) expect((await scorer!.score({ id: 'again', question, steps: [STEP_ZERO, ...steps] })).values).toEqual(values);
  });
});
