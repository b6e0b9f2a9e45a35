import { join } from 'node:path';
import type { SampleRequest } from '@slowthink/models';
import { conformanceRequest } from '@slowthink/models/conformance';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chooseWord, wordsBehind, wordScores, type ChoosingModel } from './choose-word.ts';
import { openEngine, type OnnxEngine } from './engine/open-engine.ts';
import { openFolderSession } from './engine/testing/open-fixture.ts';
import { randomGenerations } from './engine/testing/random-generations.ts';
import { readModelFolder } from './model-folder.ts';
import { copyModel, fixtureDir } from './testing/model-dirs.ts';
import { openTextModel } from './text-model.ts';

const MiB = 2 ** 20;
const seedPolicy = join(import.meta.dirname, '../../seed-models/policy');
const WORDS = ['Reason', 'Finish'];
const questions = ['How many mg?', 'What helps?', 'A patient weighs 198 pounds. One dose is 8 mg/kg. How many mg is one dose?', 'Which option is right?\nA. Rest\nB. Iron'];
const asked = (question: string, changes: Parameters<typeof conformanceRequest>[0] = {}): SampleRequest =>
  conformanceRequest({ messages: [{ role: 'user', content: question }, { role: 'assistant', content: 'Step 0: Begin.\n\nStep 1: Iron is low.' }, { role: 'user', content: 'Reason or Finish?' }], prefix: '', stop: ['\n'], ...changes, sampling: { topP: 1, ...changes.sampling } });

type Model = ChoosingModel & { readonly engine: OnnxEngine };
async function openModel(dir: string, graph = 'model'): Promise<Model> {
  return { text: await openTextModel(await readModelFolder(dir, graph === 'model' ? 'fp32' : 'q8')), engine: await openEngine(await openFolderSession(dir, { graph }), { kvBytesMax: 64 * MiB }), name: 'm' };
}

/** softmax(scores / temperature), as its definition reads. */
const softmax = (scores: readonly number[], temperature: number): readonly number[] => {
  const weights = scores.map((score) => Math.exp((score - Math.max(...scores)) / temperature)), sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
};

describe.each([['llama', fixtureDir('llama')], ['qwen2', fixtureDir('qwen2')], ['the policy that ships', seedPolicy]])('%s', (_, dir) => {
  let model: Model, plain: InferenceSession;
  beforeAll(async () => {
    model = await openModel(dir);
    plain = await InferenceSession.create(join(dir, 'onnx/model.onnx'));
  });
  afterAll(async () => { await model.engine.close(); await plain.release(); });

  /** ln p of each id at place `at`, from one pass over all ids with nothing cached, padded or batched. */
  async function logProbabilities(ids: readonly number[]): Promise<(at: number, id: number) => number> {
    const long = (values: readonly number[]) => new Tensor('int64', BigInt64Array.from(values, BigInt), [1, values.length]);
    const past = Object.fromEntries(plain.inputMetadata.flatMap((input) => input.isTensor && input.name.startsWith('past') ? [[input.name, new Tensor('float32', new Float32Array(0), [1, Number(input.shape[1]), 0, Number(input.shape[3])])]] : []));
    const { logits } = await plain.run({ input_ids: long(ids), attention_mask: long(ids.map(() => 1)), position_ids: long([...ids.keys()]), ...past }, ['logits']);
    const vocab = logits!.dims[2]!, data = logits!.data as Float32Array;
    return (at, id) => {
      const row = [...data.subarray(at * vocab, (at + 1) * vocab)], largest = Math.max(...row);
      return row[id]! - largest - Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    };
  }

  it('scores each word as one plain pass over prompt and word does', async () => {
    for (const question of questions) {
      const request = asked(question), behind = wordsBehind(model, request, WORDS), scores = await wordScores(model, behind);
      for (const [i, word] of WORDS.entries()) {
        const prompt = model.text.tokenize(request.messages, '').ids, ids = model.text.tokenize(request.messages, word).ids;
        expect(ids.slice(0, prompt.length)).toEqual(prompt);
        const lnp = await logProbabilities(ids);
        let sum = 0;
        for (let at = prompt.length; at < ids.length; at++) sum += lnp(at - 1, ids[at]!);
        expect(scores[i]!).toBeCloseTo(sum, 3);
      }
    }
  });

  // The reference masked the logits of the first token of the prompt, BOS, which are the same whatever was asked: one word always won.
  it('a constrained choice reads the scores behind the prompt, not at the BOS token, so the policy really chooses: both words come', async () => {
    const first: number[][] = [], seen = new Set<string>();
    for (const question of questions) {
      const request = asked(question, { n: 64, sampling: { temperature: 12 } }), behind = wordsBehind(model, request, WORDS);
      const lnp = await logProbabilities([...behind.pieces.flat(), behind.words[0]![0]!]);
      const atBos = behind.words.map((word) => lnp(0, word[0]!)), atEnd = behind.words.map((word) => lnp(behind.promptTokens - 1, word[0]!));
      const forced = await model.engine.generate({ pieces: behind.pieces, n: 2, seed: 0, sampling: request.sampling, eos: new Set(), watch: () => ({ push: () => false }), logprobs: true, forced: behind.words.map((word) => word.slice(0, 1)) });
      for (const [i, { logprobs }] of forced.entries()) {
        expect(logprobs![0]!).toBeCloseTo(atEnd[i]!, 3);
        expect(Math.abs(logprobs![0]! - atBos[i]!)).toBeGreaterThan(0.01);
      }
      first.push(atEnd);
      for (const { text } of (await chooseWord(model, request, WORDS)).samples) { expect(WORDS).toContain(text); seen.add(text); }
    }
    expect(seen).toEqual(new Set(WORDS));
    expect(new Set(first.map(([reason, finish]) => (reason! - finish!).toFixed(3))).size).toBe(questions.length); // it depends on the question
  });

  it('draws as often as the probabilities say', async () => {
    const n = 4000, words = ['A', 'B', 'Reason', 'Finish'];
    for (const [i, temperature] of [6, 15, 40].entries()) {
      const request = asked(questions[i]!, { n, seed: 1000 * i, sampling: { temperature } });
      const p = softmax([...await wordScores(model, wordsBehind(model, request, words))], temperature);
      const { samples } = await chooseWord(model, request, words);
      const chi2 = words.reduce((sum, word, at) => sum + (samples.filter(({ text }) => text === word).length - n * p[at]!) ** 2 / (n * p[at]!), 0);
      expect(chi2).toBeLessThan(16.27); // 3 degrees of freedom, 99.9 %
    }
  });

  it('gives the distribution of free answers among those that begin with one of the words', async () => {
    const request = asked('What helps?', { n: 8000, sampling: { maxTokens: 1 } }), prompt = model.text.tokenize(request.messages, '').ids;
    const free = await model.engine.generate({ pieces: wordsBehind(model, request, WORDS).pieces, n: request.n, seed: 5, sampling: request.sampling, eos: model.text.eos, watch: () => ({ push: () => false }), logprobs: false });
    const counts = new Map<number, number>();
    for (const { ids: [id] } of free) counts.set(id!, (counts.get(id!) ?? 0) + 1);
    const letters = [...counts].sort((a, b) => b[1] - a[1]).map(([id, count]) => ({ id, count, word: Buffer.from(model.text.bytesOf[id]!).toString() }))
      .filter(({ id, word }) => /^[ -~]+$/.test(word) && model.text.tokenize(request.messages, word).ids.join() === [...prompt, id].join()); // words of one token
    const [first] = letters, second = letters.find(({ word }) => !word.startsWith(first!.word) && !first!.word.startsWith(word))!, both = first!.count + second.count;
    const [p] = softmax([...await wordScores(model, wordsBehind(model, request, [first!.word, second.word]))], 1);
    expect(Math.abs(first!.count - both * p!)).toBeLessThan(3.3 * Math.sqrt(both * p! * (1 - p!)) + 0.5); // 99.9 % of the binomial distribution
  });
});

describe.each([['llama', 'model'], ['qwen2', 'model'], ['llama', 'model_quantized']] as const)('%s %s', (folder, graph) => {
  it('gives a request the same words alone, among others, and after a restart', async () => {
    const requests = questions.flatMap((question, i) => [1, 3, 12].map((temperature) => asked(question, { n: 3, seed: 7 * i, sampling: { temperature }, logprobs: true })));
    const alone = await openModel(fixtureDir(folder), graph), crowd = await openModel(fixtureDir(folder), graph);
    const expected = [];
    for (const request of requests) expected.push(await chooseWord(alone, request, WORDS));
    const others = randomGenerations(40, 3, { vocab: 768 }).map((one) => crowd.engine.generate(one));
    expect(await Promise.all(requests.toReversed().map((request) => chooseWord(crowd, request, WORDS)))).toEqual(expected.toReversed());
    await Promise.all(others);
    for (const model of [alone, crowd]) await model.engine.close();
  });

  it('gives sample i what seed + i gives alone', async () => {
    const model = await openModel(fixtureDir(folder), graph);
    const { samples } = await chooseWord(model, asked('How many mg?', { n: 6, sampling: { temperature: 20 } }), WORDS);
    for (const [i, sample] of samples.entries()) expect((await chooseWord(model, asked('How many mg?', { seed: 11 + i, sampling: { temperature: 20 } }), WORDS)).samples).toEqual([sample]);
    await model.engine.close();
  });
});

describe('a choice', () => {
  let model: Model;
  beforeAll(async () => { model = await openModel(fixtureDir('llama')); });
  afterAll(() => model.engine.close());

  it('computes the prompt once and each word once, whatever n is, and counts the tokens of the words', async () => {
    const request = asked('Once only?', { n: 50, sampling: { temperature: 20, maxTokens: 1 } });
    const { promptTokens, words } = wordsBehind(model, request, WORDS), before = model.engine.stats();
    const { samples, usage } = await chooseWord(model, request, WORDS), after = model.engine.stats();
    expect(after.prefilled - before.prefilled).toBe(promptTokens);
    expect(after.decodeRuns - before.decodeRuns).toBe(Math.max(...words.map((word) => word.length)) - 1); // both words in each pass
    expect(after.generated).toBe(before.generated);
    for (const { text, tokens, finish } of samples) expect([tokens, finish]).toEqual([words[WORDS.indexOf(text)]!.length, 'stop']);
    expect(usage).toEqual({ requests: 1, samples: 50, promptTokens, completionTokens: samples.reduce((sum, { tokens }) => sum + tokens, 0) });
  });

  it('tells ln P of the word as the log-probability of its first token: nothing else is drawn', async () => {
    const request = asked('What helps?', { n: 8, logprobs: true, sampling: { temperature: 9 } });
    const p = softmax([...await wordScores(model, wordsBehind(model, request, WORDS))], 9);
    for (const { text, tokens, logprobs } of (await chooseWord(model, request, WORDS)).samples) {
      expect(logprobs).toHaveLength(tokens);
      expect(logprobs![0]!).toBeCloseTo(Math.log(p[WORDS.indexOf(text)]!), 5);
      expect(logprobs!.slice(1).every((one) => one === 0)).toBe(true);
    }
  });

  it('rejects with the reason when it is cancelled', async () => {
    const reason = new Error('not needed');
    await expect(chooseWord(model, asked('x'), WORDS, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('that leaves no place for its longest word is MODEL_CONTEXT_EXCEEDED', async () => {
    const engine = await openEngine(await openFolderSession(fixtureDir('llama'), { contextTokens: 64 }), { kvBytesMax: 8 * MiB });
    const filling = (count: number): SampleRequest => asked('x', { messages: [{ role: 'user', content: 'x '.repeat(count) }] });
    const tokens = (count: number) => wordsBehind(model, filling(count), WORDS).promptTokens;
    let count = 1;
    while (tokens(count + 1) <= 60) count++; // 60 and the 5 of "Reason" are one too many
    await expect(chooseWord({ ...model, engine }, filling(count), WORDS)).rejects.toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED', message: expect.stringContaining('64, 5 of them for the answer') });
    expect((await chooseWord({ ...model, engine }, filling(1), WORDS)).samples).toHaveLength(1);
    await engine.close();
  });

  it('whose words run over the border of the prompt scores all of them behind the same tokens', async () => {
    const { dir, write } = copyModel('llama');
    write('chat_template.jinja', "{{ messages[0].content }}{{ '\\n' }}");
    const text = await openTextModel(await readModelFolder(dir)), request = asked('x', { messages: [{ role: 'user', content: 'x' }], stop: [] });
    const { pieces, promptTokens, words } = wordsBehind({ text, name: 'm' }, request, ['\nA', 'B']); // "\n\n" is one token, so the prompt ends before its own "\n"
    const prompt = text.tokenize(request.messages, '').ids;
    expect(pieces.flat()).toEqual(prompt.slice(0, promptTokens));
    expect(promptTokens).toBe(prompt.length - 1);
    expect(words.map((ids, i) => [...pieces.flat(), ...ids].join() === text.tokenize(request.messages, ['\nA', 'B'][i]!).ids.join())).toEqual([true, true]);
  });
});

describe('with scores that are given', () => {
  /** An engine that says one log-probability a word. */
  const given = (scores: readonly number[]): ChoosingModel => ({ name: 'm', engine: { generate: async ({ forced }) => forced!.map((ids, i) => ({ ids, finish: 'length' as const, logprobs: ids.map((_, at) => (at === 0 ? scores[i]! : 0)) })) }, text });
  let text: ChoosingModel['text'];
  beforeAll(async () => { text = await openTextModel(await readModelFolder(fixtureDir('llama'))); });
  const texts = async (scores: readonly number[], sampling: Partial<SampleRequest['sampling']>, words = WORDS, n = 40) => new Set((await chooseWord(given(scores), asked('x', { n, sampling }), words)).samples.map((sample) => sample.text));

  it('temperature 0 takes the largest, and the first of equal ones', async () => {
    expect(await texts([-9, -8.9], { temperature: 0 })).toEqual(new Set(['Finish']));
    expect(await texts([-9, -9], { temperature: 0 })).toEqual(new Set(['Reason']));
  });

  it('the other filters act on the words as on tokens', async () => {
    // P = 0.1, 0.2, 0.7
    const scores = [Math.log(0.1) - 30, Math.log(0.2) - 30, Math.log(0.7) - 30], words = ['A', 'B', 'C'];
    expect(await texts(scores, {}, words, 200)).toEqual(new Set(words));
    expect(await texts(scores, { topP: 0.69 }, words, 200)).toEqual(new Set(['C']));
    expect(await texts(scores, { topK: 2 }, words, 200)).toEqual(new Set(['B', 'C']));
    expect(await texts(scores, { minP: 0.25 }, words, 200)).toEqual(new Set(['B', 'C'])); // 0.25 of 0.7 is 0.175
  });

  it('a score that is no number is MODEL_WEIGHTS_CORRUPT', async () => {
    await expect(texts([Number.NaN, Number.NaN], {})).rejects.toMatchObject({ code: 'MODEL_WEIGHTS_CORRUPT' });
  });
});
