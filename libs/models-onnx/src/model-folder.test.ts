import { appendFileSync, copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scorerRows } from '@slowthink/models';
import { expect, test } from 'vitest';
import { readModelFolder } from './model-folder.ts';
import { copyModel, faultOf, fixtureDir } from './testing/model-dirs.ts';

test('a folder is read with its numbers, and fp32 is taken where it is there', async () => {
  const folder = await readModelFolder(fixtureDir('qwen2'));
  expect(folder).toMatchObject({ name: 'qwen2', dtype: 'fp32', graph: join(fixtureDir('qwen2'), 'onnx', 'model.onnx'), config: { modelType: 'qwen2', layers: 2, kvHeads: 2, headDim: 16, vocab: 768, contextTokens: 2048, eos: [3] } });
  expect(await readModelFolder(fixtureDir('qwen2'), 'q8')).toMatchObject({ dtype: 'q8', graph: join(fixtureDir('qwen2'), 'onnx', 'model_quantized.onnx') });
  expect((await readModelFolder(fixtureDir('scorer'))).scorer).toEqual(scorerRows.medsss);
});

test('the only precision there is taken; of several without fp32 one must be named', async () => {
  const { dir, remove } = copyModel('llama');
  remove('onnx/model.onnx');
  expect((await readModelFolder(dir)).dtype).toBe('q8');
  copyFileSync(join(dir, 'onnx/model_quantized.onnx'), join(dir, 'onnx/model_int8.onnx'));
  expect(await faultOf(readModelFolder(dir))).toEqual({ code: 'MODEL_FOLDER_WRONG', message: `The model folder ${dir} holds several precisions and no fp32: q8 and int8.`, hint: 'Name one behind the path: #q8.' });
  expect((await readModelFolder(dir, 'int8')).dtype).toBe('int8');
  expect(await faultOf(readModelFolder(dir, 'q4'))).toEqual({ code: 'MODEL_FOLDER_WRONG', message: `The model folder ${dir} lacks onnx/model_q4.onnx (q4).`, hint: 'It has q8 and int8: write #q8 behind the path, or export q4.' });
});

test('the revision follows what decides the text, and nothing else', async () => {
  const revision = async (dir: string, dtype?: 'q8') => (await readModelFolder(dir, dtype)).revision;
  const first = await revision(fixtureDir('llama'));
  expect(first).toMatch(/^[0-9a-f]{16}$/);
  const { dir, write, edit, remove } = copyModel('llama', { as: 'another name' });
  write('README.md', 'not read');
  expect(await revision(dir)).toBe(first);
  expect(await revision(dir, 'q8')).not.toBe(first);
  writeFileSync(join(dir, 'onnx', 'model.onnx_data'), 'weights beside the graph');
  const withData = await revision(dir);
  expect(withData).not.toBe(first);
  remove('onnx/model.onnx_data');
  edit('generation_config.json', { eos_token_id: [3, 1] });
  expect(await revision(dir)).not.toBe(first);
  copyFileSync(join(fixtureDir('llama'), 'generation_config.json'), join(dir, 'generation_config.json'));
  write('chat_template.jinja', 'Q: {{ messages[0].content }}\nA:');
  expect(await revision(dir)).not.toBe(first);
  remove('chat_template.jinja');
  appendFileSync(join(dir, 'onnx', 'model.onnx'), '\0');
  expect(await revision(dir)).not.toBe(first);
});

test('what is missing is named, all of it', async () => {
  const { dir, remove } = copyModel('llama');
  remove('tokenizer_config.json');
  expect((await faultOf(readModelFolder(dir))).message).toBe(`The model folder ${dir} lacks tokenizer_config.json.`);
  remove('tokenizer.json', 'onnx');
  expect(await faultOf(readModelFolder(dir))).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: `The model folder ${dir} lacks tokenizer.json, tokenizer_config.json and onnx/model.onnx.`, hint: expect.stringContaining('docs/model-folders.md') });
  remove('config.json', 'generation_config.json');
  expect((await faultOf(readModelFolder(dir, 'q8'))).message).toBe(`The model folder ${dir} lacks config.json, tokenizer.json, tokenizer_config.json and onnx/model_quantized.onnx.`);
});

test('a graph beside config.json is told to go into onnx/', async () => {
  const { dir, remove } = copyModel('llama');
  copyFileSync(join(dir, 'onnx/model.onnx'), join(dir, 'model.onnx'));
  remove('onnx');
  expect(await faultOf(readModelFolder(dir))).toEqual({ code: 'MODEL_FOLDER_WRONG', message: `The model folder ${dir} lacks onnx/model.onnx.`, hint: `model.onnx lies beside config.json: put it, and its _data files, into ${join(dir, 'onnx')}.` });
});

test('a path that is no folder is said to be none', async () => {
  const { dir } = copyModel('llama');
  expect(await faultOf(readModelFolder(join(dir, 'nowhere')))).toEqual({ code: 'MODEL_FOLDER_WRONG', message: `There is no model folder ${join(dir, 'nowhere')}.`, hint: 'Check the path behind "onnx:".' });
  expect(await faultOf(readModelFolder(`${dir}#q5`))).toMatchObject({ message: `There is no model folder ${dir}#q5.`, hint: '"q5" is no dtype, so "#" counts as part of the path. Known dtypes: fp32, fp16, q8, int8, uint8, q4, q4f16, bnb4.' });
  expect(await faultOf(readModelFolder(join(dir, 'config.json')))).toMatchObject({ message: `${join(dir, 'config.json')} is a file, not a model folder.` });
});

test.each([
  ['config.json', '{"model_type":', 'holds a config.json that is not JSON: '],
  ['config.json', '[]', 'holds a config.json that is no JSON object.'],
  ['tokenizer.json', 'version https://git-lfs.github.com/spec/v1', 'holds a tokenizer.json that is not JSON: '],
  ['checksums.json', '{}', 'holds a checksums.json without the object "files".'],
  ['checksums.json', '{"files":{"config.json":"abc"}}', 'holds a checksums.json whose entry config.json is no SHA-256 in hex.'],
  ['checksums.json', `{"files":{"../x":"${'0'.repeat(64)}"}}`, 'holds a checksums.json that names ../x, a file outside the folder.'],
  ['checksums.json', `{"files":{"model.safetensors":"${'0'.repeat(64)}"}}`, 'lacks model.safetensors, which its checksums.json lists.'],
  ['scorer.json', '{"scorer":2}', 'holds a scorer.json whose scorer is 2: it must be 1, the version of this layout.'],
  ['scorer.json', '{"scorer":1,"separator":""}', 'holds a scorer.json whose separator is "": it must be a text that stands between steps.'],
  ['scorer.json', '{"scorer":1,"separator":"\\n\\n","activation":"max"}', 'holds a scorer.json whose activation is "max": it must be "softmax" or "sigmoid".'],
  ['scorer.json', '{"scorer":1,"separator":"\\n\\n","activation":"softmax","logits":1}', 'holds a scorer.json whose logits is 1: it must be a whole number from 2.'],
  ['scorer.json', '{"scorer":1,"separator":"\\n\\n","activation":"sigmoid","logits":2,"right":2}', 'holds a scorer.json whose right is 2: it must be a whole number from 0 to 1.'],
])('a broken %s (%s) is named', async (name, text, why) => {
  const { dir, write } = copyModel('llama');
  write(name, text);
  expect(await faultOf(readModelFolder(dir))).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringContaining(`The model folder ${dir} ${why}`), hint: expect.stringMatching(/\.$/) });
});

test.each([
  [{ model_type: 'gpt2' }, 'holds a model of the architecture "gpt2", which is not known here.'],
  [{ model_type: undefined }, 'holds a config.json without model_type.'],
  [{ num_hidden_layers: undefined }, 'holds a config.json without num_hidden_layers.'],
  [{ num_hidden_layers: '2' }, 'holds a config.json whose num_hidden_layers is "2", not a whole number above 0.'],
  [{ vocab_size: 0 }, 'holds a config.json whose vocab_size is 0, not a whole number above 0.'],
  [{ max_position_embeddings: 1e99 }, 'holds a config.json whose max_position_embeddings is 1e+99, not a whole number above 0.'],
  [{ head_dim: undefined, hidden_size: 65 }, 'holds a config.json whose head_dim is 16.25, not a whole number above 0.'],
  [{ num_key_value_heads: 3 }, 'holds a config.json with 4 attention heads on 3 key-value heads, which do not divide them.'],
  [{ model_type: 'mistral', sliding_window: 1024 }, 'holds a model whose tokens see the last 1024 tokens only (sliding_window), which is not known here.'],
])('config.json with %j is refused', async (changes, why) => {
  const { dir, edit } = copyModel('llama');
  edit('config.json', changes);
  expect(await faultOf(readModelFolder(dir))).toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: `The model folder ${dir} ${why}`, hint: expect.stringMatching(/\.|MODEL$/) });
});

test.each([{ model_type: 'mistral', sliding_window: null }, { model_type: 'mistral', sliding_window: 4096 }, { model_type: 'qwen2', sliding_window: 1024, use_sliding_window: false }, { model_type: 'qwen3' }, { model_type: 'smollm3' }])('config.json with %j is accepted', async (changes) => {
  const { dir, edit } = copyModel('llama');
  edit('config.json', changes);
  expect((await readModelFolder(dir)).config.modelType).toBe(changes.model_type);
});

test('an end token outside the vocabulary is refused', async () => {
  const { dir, edit } = copyModel('llama');
  edit('generation_config.json', { eos_token_id: [3, 768] });
  expect((await faultOf(readModelFolder(dir))).message).toBe(`The model folder ${dir} names the eos_token_id 768, which is no id below vocab_size 768.`);
});

test('fewer fields are enough: key-value heads as many as heads, the head size from the width, end tokens of config.json', async () => {
  const { dir, edit, remove } = copyModel('llama');
  edit('config.json', { num_key_value_heads: undefined, head_dim: null, eos_token_id: [3, 2] });
  remove('generation_config.json');
  expect((await readModelFolder(dir)).config).toMatchObject({ kvHeads: 4, headDim: 16, eos: [3, 2] });
});

test('every file of checksums.json is compared, and the one that differs is named', async () => {
  const { dir } = copyModel('llama', { checksums: true });
  await readModelFolder(dir);
  const graph = join(dir, 'onnx/model_quantized.onnx'), bytes = readFileSync(graph);
  bytes[100_000]! ^= 1;
  writeFileSync(graph, bytes);
  expect(await faultOf(readModelFolder(dir))).toMatchObject({ code: 'MODEL_WEIGHTS_CORRUPT', message: expect.stringMatching(/model_quantized\.onnx has the SHA-256 [0-9a-f]{16}…; checksums\.json says [0-9a-f]{16}…\.$/), hint: expect.stringContaining('Get the file again') });
  truncateSync(join(dir, 'onnx/model.onnx'), 1000);
  expect(await faultOf(readModelFolder(dir))).toMatchObject({ code: 'MODEL_WEIGHTS_CORRUPT', message: expect.stringContaining('model.onnx has') });
});
