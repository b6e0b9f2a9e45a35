import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import type { Generation } from '../engine-types.ts';
import { openEngine, type EngineOptions, type OnnxEngine } from './open-engine.ts';
import type { KvSession } from './kv-session.ts';
import { fixtures, openFolderSession } from './testing/open-fixture.ts';
import { randomGenerations } from './testing/random-generations.ts';

const MiB = 2 ** 20;
const opened: OnnxEngine[] = [];
afterEach(async () => { await Promise.all(opened.splice(0).map((engine) => engine.close())); });

async function open(options: Partial<EngineOptions> & { readonly contextTokens?: number; readonly wrap?: (session: KvSession) => KvSession } = {}): Promise<OnnxEngine> {
  const session = await openFolderSession(join(fixtures, 'llama'), { contextTokens: options.contextTokens ?? 512 });
  const engine = await openEngine(options.wrap?.(session) ?? session, { kvBytesMax: 64 * MiB, ...options });
  opened.push(engine);
  return engine;
}

const generation = (changes: Partial<Generation> & { readonly maxTokens?: number; readonly temperature?: number } = {}): Generation => ({
  pieces: [[5, 6, 7, 8], [9, 10]], n: 1, seed: 3, sampling: { temperature: changes.temperature ?? 1, topK: 0, topP: 1, minP: 0, maxTokens: changes.maxTokens ?? 8 }, eos: new Set(), watch: () => ({ push: () => false }), logprobs: false, ...changes,
});
const turn = () => new Promise(setImmediate);

it('ends a row with length at maxTokens, and at the end of the context', async () => {
  const engine = await open({ contextTokens: 128 });
  const [short] = await engine.generate(generation({ maxTokens: 7 }));
  expect(short).toMatchObject({ finish: 'length', ids: { length: 7 } });
  const [long] = await engine.generate(generation({ maxTokens: 1000 }));
  expect(long).toMatchObject({ finish: 'length', ids: { length: 122 } });
  expect(long!.ids.slice(0, 7)).toEqual(short!.ids);
  expect(await engine.generate(generation({ pieces: [Array<number>(127).fill(4)], maxTokens: 9 }))).toMatchObject([{ finish: 'length', ids: { length: 1 } }]);
  expect(await engine.generate(generation({ n: 2, maxTokens: 0 }))).toEqual([{ ids: [], finish: 'length' }, { ids: [], finish: 'length' }]);
});

it('refuses a prompt that leaves no place for an answer before any work', async () => {
  const engine = await open({ contextTokens: 128 });
  await expect(engine.generate(generation({ pieces: [Array<number>(100).fill(4), Array<number>(28).fill(4)] }))).rejects.toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED', message: expect.stringContaining('128 tokens') });
  expect(engine.stats()).toMatchObject({ prefilled: 0, prefillRuns: 0 });
});

it('refuses ids that the model does not know, and empty pieces', async () => {
  const engine = await open();
  await expect(engine.generate(generation({ pieces: [[5, 768]] }))).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringContaining('token 768') });
  await expect(engine.generate(generation({ pieces: [[5], []] }))).rejects.toThrow(RangeError);
});

it('ends a row with stop at an eos id or when its watch says so, the token counted; each watch sees its own row', async () => {
  const engine = await open();
  const [plain] = await engine.generate(generation({ maxTokens: 20 }));
  const third = plain!.ids[2]!, first = plain!.ids.indexOf(third);
  expect(await engine.generate(generation({ maxTokens: 20, eos: new Set([third]) }))).toEqual([{ ids: plain!.ids.slice(0, first + 1), finish: 'stop' }]);
  const seen: number[][] = [[], [], []];
  const samples = await engine.generate(generation({ n: 3, maxTokens: 20, watch: (sample) => ({ push: (id) => seen[sample]!.push(id) > 4 * sample }) }));
  expect(samples.map(({ ids, finish }) => [ids.length, finish])).toEqual([[1, 'stop'], [5, 'stop'], [9, 'stop']]);
  expect(samples.map(({ ids }) => ids)).toEqual(seen);
  expect(samples[0]!.ids).toEqual(plain!.ids.slice(0, 1));
});

it('draws sample i with seed + i, however the request is split', async () => {
  const engine = await open();
  const whole = await engine.generate(generation({ n: 4, seed: 2 ** 31 - 2 }));
  expect(new Set(whole.map(({ ids }) => ids.join())).size).toBe(4);
  for (const i of [0, 1, 2, 3]) expect(await engine.generate(generation({ seed: 2 ** 31 - 2 + i }))).toEqual([whole[i]]);
});

it('rejects with the reason of the signal, frees rows and pins, and goes on with the others', async () => {
  const engine = await open({ rowsMax: 4 });
  const kept = generation({ n: 2, maxTokens: 60 }), alone = await engine.generate(kept);
  const controller = new AbortController(), reason = new Error('the tree is closed');
  const cancelled = [generation({ n: 2, maxTokens: 500 }), generation({ n: 6, maxTokens: 500, pieces: [[1, 2]] })].map((one) => engine.generate(one, controller.signal));
  const other = engine.generate(kept);
  while (engine.stats().rows < 4) await turn();
  controller.abort(reason);
  for (const one of cancelled) await expect(one).rejects.toBe(reason);
  expect(await other).toEqual(alone);
  expect(engine.stats()).toMatchObject({ rows: 0, waiting: 0 });
  await expect(engine.generate(kept, AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await engine.generate(kept)).toEqual(alone);
});

it('serves requests in the order of arrival', async () => {
  const engine = await open({ rowsMax: 2 });
  const order: number[] = [];
  await Promise.all([0, 1, 2, 3, 4].map(async (i) => { await engine.generate(generation({ n: 2, seed: i, pieces: [[20 + i, 3]], maxTokens: 10 })); order.push(i); }));
  expect(order).toEqual([0, 1, 2, 3, 4]);
});

it('lets the event loop answer between passes', async () => {
  const engine = await open();
  let turns = 0;
  const timer = setInterval(() => { turns++; }, 0);
  await engine.generate(generation({ n: 4, maxTokens: 300 }));
  clearInterval(timer);
  expect(turns).toBeGreaterThan(10);
});

it('refuses to open with less memory than one row of the full context needs, and says how much', async () => {
  const bytes = 2 * 2 * 2 * 16 * 4; // key and value, 2 layers, 2 heads of width 16, float32
  await expect(open({ kvBytesMax: 512 * bytes })).rejects.toMatchObject({ code: 'MODEL_MEMORY_SMALL', message: expect.stringMatching(/0\.3 MiB.*512 tokens.*needs 0\.5 MiB/) });
});

it('draws one row of the full context in the least memory, beside others that wait', async () => {
  const prompt = randomGenerations(1, 8, { vocab: 768 })[0]!.pieces;
  const long = (seed: number) => generation({ pieces: [...prompt, [seed]], seed, n: 2, maxTokens: 512 });
  const roomy = await open(), least = await open({ kvBytesMax: (2 * 512 + 16) * 512 + 768 * 4 });
  const expected = await Promise.all([1, 2, 3].map((seed) => roomy.generate(long(seed))));
  expect(await Promise.all([1, 2, 3].map((seed) => least.generate(long(seed))))).toEqual(expected);
  expect(expected[0]![0]!.ids).toHaveLength(512 - prompt.flat().length - 1);
});

it('hands an error of onnxruntime or of a watch to the requests it concerns, and serves the next ones', async () => {
  let broken = false;
  const engine = await open({ wrap: (session) => ({ ...session, run: (input) => (broken ? Promise.reject(new Error('out of memory')) : session.run(input)) }) });
  const alone = await engine.generate(generation());
  const failing = engine.generate(generation({ watch: () => ({ push: () => { throw new Error('no such byte'); } }) }));
  const beside = engine.generate(generation());
  await expect(failing).rejects.toThrow('no such byte');
  expect(await beside).toEqual(alone);
  broken = true;
  await expect(engine.generate(generation({ pieces: [[44]] }))).rejects.toThrow('out of memory');
  broken = false;
  expect(await engine.generate(generation())).toEqual(alone);
  expect(engine.stats()).toMatchObject({ rows: 0, waiting: 0 });
});

it('refuses a model that looks at masked slots', async () => {
  const wrap = (session: KvSession): KvSession => ({ ...session, run: (input) => { input.mask.fill(1, 0, input.rows * (input.slots + input.tokens)); return session.run(input); } });
  await expect(open({ wrap })).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringContaining('attention_mask') });
});

it('rejects what is under way when it is closed', async () => {
  const engine = await open();
  const under = engine.generate(generation({ maxTokens: 400 }));
  const ended = expect(under).rejects.toThrow('closed');
  await turn();
  await engine.close();
  opened.length = 0;
  await ended;
  await expect(engine.generate(generation())).rejects.toThrow('closed');
});

it('holds no more after a thousand requests than its bound, and no rows', async () => {
  const engine = await open({ kvBytesMax: 2 * MiB });
  for (let round = 0; round < 10; round++) await Promise.all(randomGenerations(100, 100 * round, { vocab: 768, tokensMax: 6, samplesMax: 2 }).map((one) => engine.generate(one)));
  expect(engine.stats()).toMatchObject({ rows: 0, waiting: 0 });
  expect(engine.stats().kvBytes).toBeLessThanOrEqual(2 * MiB);
  const held = process.memoryUsage().arrayBuffers;
  for (let round = 0; round < 5; round++) await Promise.all(randomGenerations(100, 100 * round, { vocab: 768, tokensMax: 6, samplesMax: 2 }).map((one) => engine.generate(one)));
  expect(process.memoryUsage().arrayBuffers).toBeLessThan(held + 64 * MiB);
});
