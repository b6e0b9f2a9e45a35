import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Generation } from '../engine-types.ts';
import type { EngineDetail } from './engine-state.ts';
import { openEngine, type EngineOptions, type OnnxEngine } from './open-engine.ts';
import { fixtures, openFolderSession } from './testing/open-fixture.ts';
import { randomGenerations } from './testing/random-generations.ts';

const MiB = 2 ** 20;
const ask = async (engine: OnnxEngine, generation: Generation) => JSON.stringify(await engine.generate(generation));

/** Runs `use` on a new engine that keeps an eye on its memory. */
async function onNewEngine<Result>(folder: string, graph: string, options: Partial<EngineOptions> & { readonly contextTokens?: number }, use: (engine: OnnxEngine) => Promise<Result>): Promise<{ readonly result: Result; readonly stats: EngineDetail }> {
  const kvBytesMax = options.kvBytesMax ?? 64 * MiB;
  const engine = await openEngine(await openFolderSession(join(fixtures, folder), { graph, contextTokens: options.contextTokens ?? 512 }), { ...options, kvBytesMax });
  let looking = true, most = 0;
  const look = (): void => {
    most = Math.max(most, engine.stats().kvBytes);
    if (looking) setImmediate(look);
  };
  look();
  try {
    const result = await use(engine);
    const stats = engine.stats();
    expect(stats).toMatchObject({ rows: 0, waiting: 0 });
    expect(most).toBeGreaterThan(0);
    expect(most).toBeLessThanOrEqual(kvBytesMax);
    return { result, stats };
  } finally {
    looking = false;
    await engine.close();
  }
}

describe.each([
  ['llama', 'model', 300, 0], ['qwen2', 'model', 150, 1], ['llama', 'model_quantized', 40, 2], ['qwen2', 'model_quantized', 40, 3],
])('%s %s: %i requests give the same tokens', (folder, graph, count, seed) => {
  const generations = randomGenerations(count, 1000 * seed, { vocab: 768, tokensMax: 20 });
  const together = (engine: OnnxEngine) => Promise.all(generations.map((one) => ask(engine, one)));
  let alone: readonly string[] = [], prefilled = 0;
  beforeAll(async () => {
    ({ result: alone, stats: { prefilled } } = await onNewEngine(folder, graph, {}, async (engine) => {
      const replies: string[] = [];
      for (const one of generations) replies.push(await ask(engine, one));
      return replies;
    }));
  });

  it('all at once on a new engine, logprobs too', async () => {
    const { result, stats } = await onNewEngine(folder, graph, {}, together);
    expect(result).toEqual(alone);
    expect(stats.batchWidth).toBe(graph === 'model' ? 64 : 1);
  });

  it('on one row', async () => {
    const some = generations.slice(0, Math.ceil(count / 4));
    const { result } = await onNewEngine(folder, graph, { rowsMax: 1 }, (engine) => Promise.all(some.map((one) => ask(engine, one))));
    expect(result).toEqual(alone.slice(0, some.length));
  });

  it('on eight rows, in another order, between requests that are cancelled', async () => {
    const { result } = await onNewEngine(folder, graph, { rowsMax: 8 }, async (engine) => {
      const others = randomGenerations(40, 77, { vocab: 768, tokensMax: 200 }).map((one, i) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(new Error('cancelled')), 5 * i);
        return engine.generate({ ...one, watch: () => ({ push: () => false }) }, controller.signal).catch((error: Error) => error.message);
      });
      const replies = await Promise.all(generations.toReversed().map((one) => ask(engine, one)));
      expect(await Promise.all(others)).toContain('cancelled');
      return replies.toReversed();
    });
    expect(result).toEqual(alone);
  });

  it('in little memory, where pieces are evicted and computed again', async () => {
    const { result, stats } = await onNewEngine(folder, graph, { kvBytesMax: (count < 100 ? 0.55 : 1) * MiB }, together);
    expect(result).toEqual(alone);
    expect(stats.prefilled).toBeGreaterThan(graph === 'model' ? prefilled : 0);
  });
});

it('decodes rows again that made room for older ones, with the same tokens, each told to its watch once', async () => {
  // 512 bytes a token: three rows of 128 slots take 192 of 200 KiB, but the last to move there still holds its 64 old slots.
  const watched = (told: number[]) => Array.from({ length: 3 }, (_, i): Generation => ({
    pieces: [[4, 5, 6 + i]], n: 1, seed: i, sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, maxTokens: 100 }, eos: new Set(), watch: () => ({ push: () => { told[i] = (told[i] ?? 0) + 1; return false; } }), logprobs: true,
  }));
  const [often, seldom]: [number[], number[]] = [[], []];
  const roomy = await onNewEngine('llama', 'model', {}, (engine) => Promise.all(watched(often).map((one) => ask(engine, one))));
  const tight = await onNewEngine('llama', 'model', { kvBytesMax: 200 * 1024, contextTokens: 128 }, (engine) => Promise.all(watched(seldom).map((one) => ask(engine, one))));
  expect(tight.result).toEqual(roomy.result);
  expect(seldom).toEqual(often);
  expect(roomy.stats.restarted).toBe(0);
  expect(tight.stats.restarted).toBeGreaterThan(0);
});

describe('the prefix cache', () => {
  let engine: OnnxEngine;
  beforeAll(async () => { engine = await openEngine(await openFolderSession(join(fixtures, 'llama')), { kvBytesMax: 64 * MiB }); });
  afterAll(() => engine.close());
  const generation = (pieces: readonly (readonly number[])[], n: number): Generation => ({ pieces, n, seed: 1, sampling: { temperature: 1, topK: 0, topP: 1, minP: 0, maxTokens: 3 }, eos: new Set(), watch: () => ({ push: () => false }), logprobs: false });
  const work = async (asked: readonly Generation[]) => {
    const before = engine.stats();
    await Promise.all(asked.map((one) => engine.generate(one)));
    const after = engine.stats();
    return { prefilled: after.prefilled - before.prefilled, reused: after.reused - before.reused };
  };
  const question = [10, 20, 30, 40, 50], step = [60, 70, 80];

  it('computes a prompt once for its samples, and once for requests that come together', async () => {
    expect(await work([generation([question], 8), generation([question], 2)])).toEqual({ prefilled: 5, reused: 5 });
  });
  it('computes only the new piece of a child', async () => {
    expect(await work([generation([question, step], 1)])).toEqual({ prefilled: 3, reused: 5 });
    expect(await work([generation([question, step], 4)])).toEqual({ prefilled: 0, reused: 8 });
  });
  it('does not take the same tokens in other pieces for the same prompt', async () => {
    expect(await work([generation([[...question, ...step]], 1)])).toEqual({ prefilled: 8, reused: 0 });
  });
  it('computes a piece again for the logits behind it, when no prompt ended there before', async () => {
    await work([generation([[1, 2, 3], [4, 5], [6]], 1)]);
    expect(await work([generation([[1, 2, 3], [4, 5]], 1)])).toEqual({ prefilled: 2, reused: 3 });
  });
});
