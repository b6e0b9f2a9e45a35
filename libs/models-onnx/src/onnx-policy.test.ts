import { copyFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { conformanceRequest, policyConformance } from '@slowthink/models/conformance';
import type { Signal } from '@slowthink/stream';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { onnxPolicy, type OnnxPolicyOptions } from './onnx-policy.ts';
import { copyModel, faultOf, fixtureDir } from './testing/model-dirs.ts';

const options = { threads: 1, kvBytesMax: 64 * 2 ** 20 };

policyConformance('onnx, llama fp32', async () => onnxPolicy({ dir: fixtureDir('llama'), ...options }), { choosesAt: 12, cancelTokens: 1500 });
policyConformance('onnx, qwen2 fp32', async () => onnxPolicy({ dir: fixtureDir('qwen2'), ...options }), { choosesAt: 12, cancelTokens: 1500 });
policyConformance('onnx, qwen2 q8', async () => onnxPolicy({ dir: fixtureDir('qwen2'), dtype: 'q8', ...options }), { samplesMany: 6, choosesAt: 12, cancelTokens: 1500 });

const llama = onnxPolicy({ dir: fixtureDir('llama'), ...options });
afterAll(() => llama.close());

function open(more: Partial<OnnxPolicyOptions> & { readonly dir: string }) {
  const policy = onnxPolicy({ ...options, ...more });
  onTestFinished(() => policy.close());
  return policy;
}

test('describes the folder: its name or the given one, the revision of its files, the context', async () => {
  const heard: Signal[] = [];
  const policy = open({ dir: fixtureDir('llama'), model: 'seed', dtype: 'q8', observer: (signal) => heard.push(signal) });
  const plain = await llama.describe(), named = await policy.describe();
  expect(plain).toEqual({ model: 'llama', revision: expect.stringMatching(/^[0-9a-f]{16}$/), contextTokens: 2048 });
  expect(named).toEqual({ model: 'seed', revision: expect.stringMatching(/^[0-9a-f]{16}$/), contextTokens: 2048 });
  expect(named.revision).not.toBe(plain.revision);
  expect(heard).toEqual([{ kind: 'note', level: 'info', message: expect.stringMatching(/llama: llama with 2 layers, q8, revision [0-9a-f]{16}, context 2048 tokens, on onnxruntime with 1 thread; one row at a time \(its precision depends on the batch\)\.$/) }]);
});

test('counts the prompt once a request, whether its keys come from the cache or not, and the tokens of every sample', async () => {
  const request = conformanceRequest({ n: 3, stop: [], prefix: "Step 0: Let's count.\n\nStep 1:", sampling: { maxTokens: 5 } });
  const first = await llama.sample(request), again = await llama.sample(request), one = await llama.sample({ ...request, n: 1 });
  expect(first.usage).toEqual({ requests: 1, samples: 3, promptTokens: expect.any(Number), completionTokens: first.samples.reduce((sum, sample) => sum + sample.tokens, 0) });
  expect(again).toEqual(first);
  expect(one.usage.promptTokens).toBe(first.usage.promptTokens);
});

test('gives one log-probability a token where they are asked for', async () => {
  const request = conformanceRequest({ n: 2, sampling: { maxTokens: 6 } });
  const plain = await llama.sample(request), told = await llama.sample({ ...request, logprobs: true });
  expect(told.samples.map(({ text }) => text)).toEqual(plain.samples.map(({ text }) => text));
  for (const sample of plain.samples) expect('logprobs' in sample).toBe(false);
  for (const sample of told.samples) { expect(sample.logprobs).toHaveLength(sample.tokens); for (const one of sample.logprobs!) expect(one).toBeLessThanOrEqual(0); }
});

test('an end token ends a sample with stop, counts, and is no text', async () => {
  const { dir, edit } = copyModel('llama');
  edit('generation_config.json', { eos_token_id: Array.from({ length: 400 }, (_, i) => 15 + i) });
  const { samples } = await open({ dir }).sample(conformanceRequest({ n: 8, stop: [], sampling: { topP: 1, maxTokens: 64 } }));
  expect(samples.every(({ finish, tokens }) => finish === 'stop' && tokens < 64)).toBe(true);
  expect(samples.filter(({ tokens }) => tokens === 1).map(({ text }) => text)).toEqual(samples.filter(({ tokens }) => tokens === 1).map(() => ''));
});

test('a sampling value without meaning is MODEL_REFUSED and names the field; the model is not asked', async () => {
  await expect(open({ dir: 'nowhere' }).sample(conformanceRequest({ sampling: { topP: 2 } }))).rejects.toMatchObject({ code: 'MODEL_REFUSED', message: 'Request conformance: sampling.topP is 2; it must be a number from 0 to 1.' });
});

test('a prompt over the context is refused, and the next one answered', async () => {
  const fault = await faultOf(llama.sample(conformanceRequest({ prefix: 'Step 1: 7'.repeat(700) })));
  expect(fault).toMatchObject({ code: 'MODEL_CONTEXT_EXCEEDED', message: expect.stringMatching(/\d+ tokens.*2048/) });
  expect((await llama.sample(conformanceRequest({ sampling: { maxTokens: 2 } }))).samples).toHaveLength(1);
});

test('a folder that is no policy, a graph of another shape, a cut-off graph and too little memory are refused by name', async () => {
  const refusal = async (dir: string, more: Partial<OnnxPolicyOptions> = {}) => faultOf(open({ dir, ...more }).describe());
  expect(await refusal(fixtureDir('scorer'))).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringMatching(/scorer holds a step scorer \(scorer\.json\), not a policy\.$/), hint: expect.stringContaining('--scorer') });
  const other = copyModel('llama');
  copyFileSync(join(fixtureDir('scorer'), 'onnx/model.onnx'), join(other.dir, 'onnx/model.onnx'));
  expect(await refusal(other.dir)).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringMatching(/model\.onnx .*past_key_values\.0\.key/) });
  other.edit('config.json', { num_hidden_layers: 3 });
  expect(await refusal(other.dir, { dtype: 'q8' })).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringMatching(/model_quantized\.onnx .*past_key_values\.2\.key/) });
  truncateSync(join(other.dir, 'onnx/model.onnx'), 100_000);
  expect(await refusal(other.dir)).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringMatching(/^onnxruntime cannot open onnx\/model\.onnx in .*: /) });
  other.write('onnx/model.onnx_data', 'weights');
  expect((await refusal(other.dir)).message).toMatch(/keeps weights outside the graph, in onnx\/model\.onnx_data\.$/);
  expect(await refusal(fixtureDir('llama'), { kvBytesMax: 100_000 })).toMatchObject({ code: 'MODEL_MEMORY_SMALL', message: expect.stringMatching(/\d/) });
});

test('this thread keeps answering while 64 rows are decoded', async () => {
  const late: number[] = [], beat = async (until: Promise<unknown>) => {
    let over = false;
    void until.then(() => { over = true; });
    for (let before = performance.now(); !over; before = performance.now()) { await sleep(10); late.push(performance.now() - before - 10); }
  };
  const asked = Promise.all(Array.from({ length: 16 }, (_, seed) => llama.sample(conformanceRequest({ n: 4, seed, stop: [], sampling: { maxTokens: 48 } }))));
  await beat(asked);
  expect((await asked).flatMap(({ samples }) => samples)).toHaveLength(64);
  expect(late.filter((ms) => ms > 100).length).toBeLessThanOrEqual(1); // the system itself may hold this thread up once
});

test('says what its decode loop did', async () => {
  await llama.sample(conformanceRequest({ n: 2 }));
  expect(await llama.stats()).toMatchObject({ generated: expect.any(Number), prefilled: expect.any(Number), rows: 0, waiting: 0 });
});

test('samples in flight are cancelled by closing, and the policy is closed for good', async () => {
  const policy = open({ dir: fixtureDir('llama') });
  await policy.describe();
  const asked = faultOf(policy.sample(conformanceRequest({ n: 32, stop: [], sampling: { maxTokens: 1000 } })));
  await policy.close();
  expect(await asked).toMatchObject({ code: 'MODEL_SERVER_ERROR', message: expect.stringMatching(/was closed\.$/) });
  expect((await faultOf(policy.describe())).message).toMatch(/is closed\.$/);
});
