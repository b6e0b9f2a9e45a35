import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Policy, SampleRequest } from './policy.ts';

export interface ConformanceOptions {
  /** false for a model that gives every seed the same text. Default true. */
  readonly seedsDiffer?: boolean;
  /** false for a model that answers too fast to be cancelled. Default true. */
  readonly cancels?: boolean;
  /** Tokens of the samples that are cancelled after 20 ms: more than the model writes in that time. Default 32. */
  readonly cancelTokens?: number;
  /** More samples than the server has slots. Default 11. */
  readonly samplesMany?: number;
  /** Of an engine with scores or grammars, whose texts are the words of `choices`: a temperature at which either word is drawn sometimes. undefined: it samples freely. */
  readonly choosesAt?: number;
  /** Requests at once that are thrown away before texts are compared, so that every slot has read the prompt: where a prompt comes from a cache the last bits of the logits differ. Default 0. */
  readonly warmUp?: number;
  /** How often a text may be asked for alone and among other requests until both are the same: 1 (default) where neither batch nor cache changes a bit; more where they change the last digits, so that a token is another one now and then. */
  readonly triesMax?: number;
  readonly timeoutMs?: number;
}

const steps = 'Step 0: Let us think about it step by step.\n\nStep 1: Paracetamol is dosed by weight, and';

const words = ['Reason', 'Finish'];
const questions = ['What is 2 + 2?', 'A child of 12 kg has fever. How much paracetamol is given?', 'Which option is right?\nA. Rest\nB. Iron', 'Was the last step the answer?', 'Is one more step needed?'];

/** A question with a step behind it, and the choice what comes next. */
const choice = (question: string, temperature = 1) => ({
  messages: [{ role: 'user', content: question }, { role: 'assistant', content: 'Step 0: Let us think.\n\nStep 1: The answer is 4.' }, { role: 'user', content: 'Reason or Finish? Reply with one word.' }] as const,
  prefix: '', stop: ['\n'], choices: words, sampling: { temperature, topP: 1, maxTokens: 8 },
});

/** A request of the suite, with what a test changes. */
export function conformanceRequest(changes: Partial<Omit<SampleRequest, 'sampling'>> & { readonly sampling?: Partial<SampleRequest['sampling']> } = {}): SampleRequest {
  const { sampling, ...others } = changes;
  return {
    id: 'conformance', messages: [{ role: 'user', content: 'A child of 12 kg has fever. How much paracetamol is given? Think in steps.' }], prefix: steps, n: 1, seed: 11, stop: ['Step 2:'], ...others,
    sampling: { temperature: 1, topP: 0.95, topK: 0, minP: 0, maxTokens: 16, ...sampling },
  };
}

/** What every policy keeps, whatever engine stands behind it. `open` is called once; the policy is closed at the end. Uses at most 32 tokens a sample, `cancelTokens` where it cancels. */
export function policyConformance(name: string, open: () => Promise<Policy>, options: ConformanceOptions = {}): void {
  const { seedsDiffer = true, cancels = true, cancelTokens = 32, samplesMany = 11, choosesAt, warmUp = 0, triesMax = 1, timeoutMs = 120_000 } = options;
  describe(`policy conformance: ${name}`, { timeout: timeoutMs }, () => {
    let policy: Policy;
    const texts = async (request: SampleRequest) => (await policy.sample(request)).samples.map((sample) => sample.text);
    const warm = async (changes: Parameters<typeof conformanceRequest>[0] = {}) => { await Promise.all(Array.from({ length: warmUp }, (_, seed) => policy.sample(conformanceRequest({ ...changes, seed, sampling: { maxTokens: 2 } })))); };
    beforeAll(async () => { policy = await open(); }, timeoutMs);
    afterAll(() => policy?.close());

    test('says which model and revision it is, the same each time', async () => {
      const first = await policy.describe(), second = await policy.describe();
      expect(first.model).not.toBe('');
      expect(first.revision).not.toBe('');
      expect(second).toEqual(first);
      if (first.contextTokens !== undefined) expect(first.contextTokens).toBeGreaterThan(0);
    });

    test('gives n samples, and sample i is what seed + i gives alone', async () => {
      await warm();
      const together = await policy.sample(conformanceRequest({ n: 4 }));
      expect(together.samples).toHaveLength(4);
      expect(together.usage.samples).toBe(4);
      expect(together.usage.promptTokens).toBeGreaterThan(0);
      expect(together.usage.completionTokens).toBe(together.samples.reduce((sum, sample) => sum + sample.tokens, 0));
      for (const [i, sample] of together.samples.entries()) expect(await texts(conformanceRequest({ seed: 11 + i })), `sample ${i}`).toEqual([sample.text]);
    });

    test('gives the same text for the same seed, also among other requests', async () => {
      const request = conformanceRequest({ n: 2, seed: 5 });
      await warm();
      const both = async () => [await texts(request), (await Promise.all([21, 22, 5, 23].map((seed) => texts(conformanceRequest({ n: 2, seed })))))[2]];
      let [alone, among] = await both();
      for (let tries = 1; tries < triesMax && JSON.stringify(among) !== JSON.stringify(alone); tries++) [alone, among] = await both();
      expect(among).toEqual(alone);
    });

    test.runIf(seedsDiffer)('gives other texts for other seeds', async () => {
      expect(new Set(await texts(conformanceRequest({ n: 6, seed: 100 }))).size).toBeGreaterThan(1);
    });

    test('asks for the rest when n is more than the server gives at once', async () => {
      await warm();
      const many = await policy.sample(conformanceRequest({ n: samplesMany, sampling: { maxTokens: 4 } }));
      expect(many.samples).toHaveLength(samplesMany);
      const last = await texts(conformanceRequest({ seed: 11 + samplesMany - 1, sampling: { maxTokens: 4 } }));
      expect(many.samples.at(-1)!.text).toBe(last[0]);
    });

    test('never has a stop string in the text, and ends there', async () => {
      await warm();
      const open = await policy.sample(conformanceRequest({ n: 4, stop: [], sampling: { maxTokens: 24 } }));
      for (const [i, sample] of open.samples.entries()) {
        const stop = sample.text.slice(Math.floor(sample.text.length / 2)).match(/[a-z]{3,}/)?.[0];
        if (stop === undefined) continue;
        const [cut] = (await policy.sample(conformanceRequest({ seed: 11 + i, stop: ['never written at all', stop], sampling: { maxTokens: 24 } }))).samples;
        expect(cut!.text).toBe(sample.text.slice(0, sample.text.indexOf(stop)));
        expect(cut!.finish).toBe('stop');
      }
      expect(open.samples.some((sample) => /[a-z]{3,}/.test(sample.text))).toBe(true);
    });

    test('finishes with length when maxTokens ends the text', async () => {
      const { samples } = await policy.sample(conformanceRequest({ n: 2, stop: [], sampling: { maxTokens: 2 } }));
      for (const sample of samples) { expect(sample.finish).toBe('length'); expect(sample.tokens).toBe(2); }
    });

    test('does not repeat the prefix in the text', async () => {
      for (const prefix of [steps, 'Step 1: ', '']) {
        for (const text of await texts(conformanceRequest({ prefix, n: 2, stop: [] }))) {
          if (prefix !== '') expect(text.startsWith(prefix)).toBe(false);
          expect(text.startsWith('<|')).toBe(false);
        }
      }
    });

    test('takes Unicode in prompt, prefix and stop, and gives whole characters', async () => {
      const request = conformanceRequest({ messages: [{ role: 'user', content: 'Ünïcödé “quotes” 😀 日本語 µg/kg ≥ 5 \u0000 \\ " \n end' }], prefix: 'Schritt 1: 😀 日本語 😀 日本語 😀 ≥ ', stop: ['日本語。'], n: 2, sampling: { maxTokens: 7 } });
      for (const text of await texts(request)) { expect(text).not.toContain('日本語。'); expect(text).not.toMatch(/[\uD800-\uDBFF]$|\uFFFD$/); }
    });

    test('continues a long prefix', async () => {
      const prefix = `${steps}${' the dose is given every six hours, never more than four times a day,'.repeat(20)}`;
      const { samples, usage } = await policy.sample(conformanceRequest({ prefix, stop: [], sampling: { maxTokens: 8 } }));
      expect(samples[0]!.text).not.toBe('');
      expect(usage.promptTokens).toBeGreaterThan(200);
    });

    test.runIf(seedsDiffer)('greedy sampling ignores the seed', async () => {
      await warm();
      const [a] = await texts(conformanceRequest({ seed: 1, sampling: { temperature: 0 } }));
      expect(await texts(conformanceRequest({ seed: 2, sampling: { temperature: 0 } }))).toEqual([a]);
    });

    test('takes choices: n samples, in seed order', async () => {
      const request = conformanceRequest({ ...choice(questions[0]!), n: 4 });
      await warm(choice(questions[0]!));
      const { samples, usage } = await policy.sample(request);
      expect(samples).toHaveLength(4);
      expect(usage.completionTokens).toBe(samples.reduce((sum, sample) => sum + sample.tokens, 0));
      for (const [i, sample] of samples.entries()) expect(await texts({ ...request, n: 1, seed: request.seed + i }), `sample ${i}`).toEqual([sample.text]);
    });

    test.runIf(choosesAt !== undefined)('chooses: every text is exactly one of the words, and over several questions each word occurs', async () => {
      const seen = new Set<string>();
      for (const question of questions) {
        const { samples } = await policy.sample(conformanceRequest({ ...choice(question, choosesAt), n: 8 }));
        for (const { text, finish } of samples) { expect(words).toContain(text); expect(finish).toBe('stop'); seen.add(text); }
      }
      expect(seen).toEqual(new Set(words));
    });

    test.runIf(choosesAt !== undefined)('chooses the same word for every seed when greedy', async () => {
      await warm(choice(questions[0]!));
      expect(new Set(await texts(conformanceRequest({ ...choice(questions[0]!), n: 6, sampling: { temperature: 0, maxTokens: 8 } }))).size).toBe(1);
    });

    test.runIf(cancels)('rejects with the reason when it is cancelled, and answers the next request', async () => {
      const reason = new Error('not needed any more');
      const controller = new AbortController();
      const cancelled = policy.sample(conformanceRequest({ n: 4, stop: [], sampling: { maxTokens: cancelTokens } }), controller.signal);
      setTimeout(() => controller.abort(reason), 20);
      await expect(cancelled).rejects.toBe(reason);
      await expect(policy.sample(conformanceRequest(), AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(await texts(conformanceRequest({ seed: 77, sampling: { maxTokens: 2 } }))).toHaveLength(1);
    });
  });
}
