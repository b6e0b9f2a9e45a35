import { readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { conformanceTrajectory, scorerConformance } from '@slowthink/models/scorer-conformance';
import { joinSteps } from '@slowthink/prompts';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readModelFolder } from './model-folder.ts';
import { onnxScorer } from './onnx-scorer.ts';
import { openScorerModel } from './scorer-model.ts';
import { copyModel, faultOf, fixtureDir } from './testing/model-dirs.ts';
import { openTextModel } from './text-model.ts';

const dir = fixtureDir('scorer');

scorerConformance('onnx, fp32', async () => onnxScorer({ dir, threads: 1 }));

let session: InferenceSession;
beforeAll(async () => { session = await InferenceSession.create(join(dir, 'onnx/model.onnx'), { intraOpNumThreads: 1 }); });
afterAll(() => session.release());

test('a value is the softmax of the logits at the separator behind its step, without padding and with (defect: BCE trains one logit, inference softmaxes two)', async () => {
  const scorer = onnxScorer({ dir, threads: 1 }), request = conformanceTrajectory(4);
  const { ids } = (await openTextModel(await readModelFolder(dir))).tokenize([{ role: 'user', content: request.question }], `${joinSteps(request.steps)}\n\n`);
  const row = (numbers: readonly number[]) => new Tensor('int64', BigInt64Array.from(numbers, BigInt), [1, numbers.length]);
  const { logits } = await session.run({ input_ids: row(ids), attention_mask: row(ids.map(() => 1)), position_ids: row(ids.map((_, t) => t)) });
  const data = logits!.data as Float32Array, separators = ids.flatMap((id, t) => (id === 4 ? [t] : []));
  const expected = separators.slice(1).map((t) => { const [left, right] = [Math.exp(data[2 * t]!), Math.exp(data[2 * t + 1]!)]; return right / (left + right); });
  const { values } = await scorer.score(request);
  await scorer.close();
  expect(expected).toHaveLength(4);
  for (const [k, value] of values.entries()) expect(value).toBeCloseTo(expected[k]!, 4);
});

async function refusal(spoil: (copy: ReturnType<typeof copyModel>) => void, name: 'scorer' | 'llama' = 'scorer') {
  const copy = copyModel(name);
  spoil(copy);
  return faultOf(openScorerModel({ dir: copy.dir, threads: 1 }));
}

test('scorer.json is read: the other logit gives the other value, sigmoid another one', async () => {
  const copy = copyModel('scorer'), request = conformanceTrajectory(3);
  const values = async () => { const scorer = await openScorerModel({ dir: copy.dir, threads: 1 }); try { return (await scorer.score(request)).values; } finally { await scorer.close(); } };
  const right = await values();
  copy.edit('scorer.json', { right: 0 });
  const left = await values();
  for (const [k, value] of left.entries()) expect(value + right[k]!).toBeCloseTo(1, 9);
  copy.edit('scorer.json', { activation: 'sigmoid' });
  const sigmoid = await values();
  expect(sigmoid).not.toEqual(left);
  for (const value of sigmoid) expect(value > 0 && value < 1).toBe(true);
});

test('a tokenizer without the step separator is refused at opening', async () => {
  const added = (JSON.parse(readFileSync(join(dir, 'tokenizer.json'), 'utf8')) as { added_tokens: object[] }).added_tokens;
  expect(await refusal(({ edit }) => edit('tokenizer.json', { added_tokens: [...added, { ...added[4], id: 767, content: '\n\nStep' }] }))).toEqual({
    code: 'MODEL_TOKENIZER_WRONG', message: expect.stringMatching(/^The tokenizer of .* has no token that ends with the step separator "\\n\\n", or one that runs over it: the value of a step has no place\.$/), hint: 'Use the tokenizer that the scorer was trained with, and its separator in scorer.json.',
  });
});

test('a folder that is no step scorer, a graph of another shape and a cut-off graph are refused by name', async () => {
  expect((await refusal(() => {}, 'llama')).message).toMatch(/lacks scorer\.json: it is no step scorer\.$/);
  const policyGraph = await refusal(({ write }) => write('scorer.json', '{"scorer":1,"separator":"\\n\\n","logits":2,"right":1,"activation":"softmax"}'), 'llama');
  expect(policyGraph.message).toMatch(/model\.onnx wants the input past_key_values\.0\.key, which a step scorer does not have\.$/);
  expect((await refusal(({ edit }) => edit('scorer.json', { logits: 3 }))).message).toMatch(/gives logits of float32 \[batch_size, new, 2\]; scorer\.json says float32 \[batch, tokens, 3\]\.$/);
  const cut = await refusal((copy) => truncateSync(join(copy.dir, 'onnx/model.onnx'), 200_000));
  expect(cut).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringMatching(/^onnxruntime cannot open onnx\/model\.onnx in .*: /), hint: expect.stringContaining('get it again') });
});

test('a trajectory one token over the context is refused, one that fills it is scored', async () => {
  const { dir: short, edit } = copyModel('scorer');
  edit('config.json', { max_position_embeddings: 90 });
  const scorer = await openScorerModel({ dir: short, threads: 1 }), text = await openTextModel(await readModelFolder(short));
  const request = (words: number) => ({ id: 'long', question: 'Q', steps: ['a', `x${'7'.repeat(words)}`] });
  const tokens = (words: number) => text.tokenize([{ role: 'user', content: 'Q' }], `${joinSteps(request(words).steps)}\n\n`).ids.length;
  const words = 90 - tokens(0);
  expect(tokens(words)).toBe(90);
  try {
    expect(await scorer.score(request(words))).toEqual({ values: [expect.any(Number)], usage: { requests: 1, promptTokens: 90, completionTokens: 0 } });
    expect(await faultOf(scorer.score(request(words + 1)))).toEqual({ code: 'MODEL_CONTEXT_EXCEEDED', message: 'Request long: question and steps have 91 tokens; the context of scorer is 90.', hint: 'Use a scorer with a longer context; steps are never cut off.' });
    expect((await faultOf(scorer.score({ id: 'r', question: 'Q', steps: ['a\n\nb'] }))).code).toBe('MODEL_REFUSED');
  } finally { await scorer.close(); }
});
