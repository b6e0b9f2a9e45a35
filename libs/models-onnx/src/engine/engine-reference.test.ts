import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Generation } from '../engine-types.ts';
import { openEngine, type OnnxEngine } from './open-engine.ts';
import { exactDistribution } from './testing/exact-distribution.ts';
import { fixtures, openFolderSession } from './testing/open-fixture.ts';
import { randomGenerations } from './testing/random-generations.ts';

// Every token of a text in one pass, nothing cached, padded or batched: what the engine must agree with up to rounding.
describe.each(['llama', 'qwen2'])('%s beside a plain forward pass over the whole text', (folder) => {
  let engine: OnnxEngine, plain: InferenceSession;
  beforeAll(async () => {
    engine = await openEngine(await openFolderSession(join(fixtures, folder)), { kvBytesMax: 64 * 2 ** 20 });
    plain = await InferenceSession.create(join(fixtures, folder, 'onnx/model.onnx'));
  });
  afterAll(async () => { await engine.close(); await plain.release(); });

  /** Logits behind each token, [ids, 768]. */
  async function logitsOf(ids: readonly number[]): Promise<Float32Array> {
    const long = (values: readonly number[]) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const empty = Object.fromEntries(['0.key', '0.value', '1.key', '1.value'].map((name) => [`past_key_values.${name}`, new Tensor('float32', new Float32Array(0), [1, 2, 0, 16])]));
    const outputs = await plain.run({ input_ids: long(ids), attention_mask: long(ids.map(() => 1)), position_ids: long([...ids.keys()]), ...empty }, ['logits']);
    return outputs['logits']!.data as Float32Array;
  }
  const generations = randomGenerations(40, 31, { vocab: 768, tokensMax: 100 });

  it('takes the largest logit at temperature 0', async () => {
    const greedy = generations.map((one): Generation => ({ ...one, n: 1, sampling: { ...one.sampling, temperature: 0 } }));
    for (const [i, [sample]] of (await Promise.all(greedy.map((one) => engine.generate(one)))).entries()) {
      const prompt = greedy[i]!.pieces.flat(), logits = await logitsOf([...prompt, ...sample!.ids]);
      for (const [at, id] of sample!.ids.entries()) {
        const row = logits.subarray((prompt.length + at - 1) * 768, (prompt.length + at) * 768);
        expect(row[id]!).toBeGreaterThan(row.reduce((a, b) => Math.max(a, b)) - 1e-4);
      }
    }
  });

  it('tells the logprobs of the distribution after all filters', async () => {
    let compared = 0;
    for (const one of generations.slice(0, 15)) {
      const sampling = { ...one.sampling, temperature: 0.9, topP: 1 }; // rounding may move the edge of a nucleus
      const [sample] = await engine.generate({ ...one, n: 1, sampling, logprobs: true });
      const prompt = one.pieces.flat(), logits = await logitsOf([...prompt, ...sample!.ids]);
      expect(sample!.logprobs).toHaveLength(sample!.ids.length);
      for (const [at, id] of sample!.ids.entries()) {
        const exact = exactDistribution(logits.slice((prompt.length + at - 1) * 768, (prompt.length + at) * 768), sampling)[id]!;
        expect(sample!.logprobs![at]!).toBeCloseTo(Math.log(exact), 3);
        compared++;
      }
    }
    expect(compared).toBeGreaterThan(200);
  });
});
