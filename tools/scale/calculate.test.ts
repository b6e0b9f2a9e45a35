import { expect, test } from 'vitest';
import { billOfV2, billOfV4, headTokensOf, together, tokensOfQuestion } from './calculate.ts';
import { defaults, inputs, valuesOf, type Input } from './inputs.ts';
import { adapterParameters, allModules, keyValueBytes } from './memory.ts';
import { answering, readMeasured, recipesMeasured } from './measure.ts';
import type { MeasuredRun } from './measure-run.ts';

const none = { requests: 0, samples: 0, steps: 0 };
const run: MeasuredRun = {
  recipe: 'meds3-v2', policy: 'p', questions: 2, nodes: 20, stepBytes: 100,
  kinds: { choose: { requests: 2, samples: 6, steps: 0 }, reason: { requests: 4, samples: 12, steps: 12 }, finish: none, reflect: none, rollout: { requests: 4, samples: 22, steps: 48 } },
  prompts: { everySample: { head: 40_000, steps: 80 }, everyRequest: { head: 10_000, steps: 20 }, cached: { head: 2000, steps: 6 }, kept: 5, keptMax: 6 },
  usage: { requests: 10, samples: 40, promptTokens: 0, completionTokens: 0 },
  rows: { sft: 2, prm: 4, pairs: 1, sftSteps: 6, prmSteps: 12, pairSteps: 4 }, disk: { log: 0, topics: {}, parquet: {} },
};
const values = { ...defaults, 'questions': 100, 'bytes-per-token': 4, 'question-tokens': 50, 'tokens-per-step': 10, 'prefill-tokens-per-second': 1000, 'tokens-per-second': 100, 'parameters': 1e9, 'training-flops': 1e15, 'training-share': 0.5, 'kept': 0.5, 'items': 10, 'candidates': 4, 'gpus': 8 };

test('counts the tokens of a question by hand: heads and steps of the prompts, steps and choices of what is written', () => {
  expect(headTokensOf(run, values)).toBe(250); // 10,000 bytes / 10 requests / 4 bytes
  expect(tokensOfQuestion(run, 250, values)).toEqual({
    prompt: { everySample: (40 * 250 + 80 * 10) / 2, everyRequest: (10 * 250 + 20 * 10) / 2, cached: (2 * 250 + 6 * 10) / 2 },
    generated: (60 * 10 + 6) / 2,
  });
});

test('bills a search by what is read and written, and training by FLOPs a token', () => {
  const [search, sft, prm, evaluation] = billOfV2({ trees: run, real: run }, values);
  expect(search!.hours).toBeCloseTo((280 * 100 / 1000 + 303 * 100 / 100) / 3600, 12);
  expect(search!.hoursUncached).toBeCloseTo((5400 * 100 / 1000 + 303 * 100 / 100) / 3600, 12);
  expect(sft!.trained).toBe((2 * 50 + 6 * 10) / 2 * 100);
  expect(sft!.hours).toBeCloseTo(4 * 1e9 * sft!.trained / (1e15 * 0.5) / 3600, 12);
  expect(prm!.trained).toBe((4 * 50 + 12 * 10) / 2 * 100);
  expect(evaluation!.generated).toBe(2 * 10 * 4 * 3 * 10); // base and round, three steps a chain
});

test('bills v4 as evolve does it: round 1 on what the curriculum keeps, round 2 on as many new questions, policies of round 2 on the rows of both, a scorer a round', () => {
  const bill = billOfV4({ trees: run, real: run }, { trees: run, real: run }, values);
  const named = new Map(bill.map((stage) => [stage.name, stage]));
  expect([named.get('search, round 1')!.generated, named.get('search, round 2')!.generated]).toEqual([303 * 50, 303 * 100]);
  expect(named.get('SFT, full, rounds 1 and 2')!.trained).toBe(3 * named.get('SFT, full, round 1')!.trained);
  expect(named.get('DPO, full, round 1')!.trained).toBe((2 * 50 + 4 * 10) / 2 * 50);
  expect(named.get('DPO, full, rounds 1 and 2')!.trained).toBe(3 * (2 * 50 + 4 * 10) / 2 * 50);
  expect([1, 2].map((round) => named.get(`step scorer, LoRA, 2 epochs, round ${round}`)!.trained)).toEqual([2 * (4 * 50 + 12 * 10) / 2 * 50, 2 * (4 * 50 + 12 * 10) / 2 * 100]);
  expect(together(bill).hours).toBeCloseTo(bill.reduce((sum, { hours }) => sum + hours, 0), 12);
});

test('knows the shape of Llama-3.1-8B: 128 KiB of keys and values a token, 41.9 million parameters of a LoRA r16 on all linear modules', () => {
  expect(keyValueBytes).toBe(131_072);
  expect(adapterParameters(16, allModules)).toBe(41_943_040);
});

test('what was measured agrees with what the trees say of themselves, and a prefix cache reads less than sharing a request, which reads less than sharing nothing', () => {
  const { runs } = readMeasured();
  for (const recipe of recipesMeasured) for (const who of answering) {
    const { kinds, usage, prompts, questions, recipe: name } = runs[recipe][who];
    expect(name).toBe(recipe);
    expect(questions).toBeGreaterThan(0);
    expect(Object.values(kinds).reduce((sum, { requests }) => sum + requests, 0)).toBe(usage.requests);
    expect(Object.values(kinds).reduce((sum, { samples }) => sum + samples, 0)).toBe(usage.samples);
    for (const part of ['head', 'steps'] as const) expect(prompts.cached[part] < prompts.everyRequest[part] && prompts.everyRequest[part] < prompts.everySample[part]).toBe(true);
  }
});

test('every assumed or published input names its source, and a flag replaces it', () => {
  for (const [name, { origin, source }] of Object.entries(inputs as { readonly [name: string]: Input })) expect(origin === 'chosen' || source !== '', name).toBe(true);
  expect(valuesOf({ gpus: '16', kept: undefined })).toEqual({ ...defaults, gpus: 16 });
  expect(() => valuesOf({ gpus: 'many' })).toThrow('--gpus wants a number above 0, not "many". Example: --gpus 8');
  expect(() => valuesOf({ kept: '1.5' })).toThrow('--kept wants a number above 0 and up to 1');
});
