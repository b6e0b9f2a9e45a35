import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { addedNames, addedOutputs } from './added-outputs.ts';
import { Int64s } from './int64s.ts';
import { openKvSession, type KvSession, type KvSessionOptions } from './kv-session.ts';
import { fixtures, openFolderSession } from './testing/open-fixture.ts';

const llama: KvSessionOptions = { file: join(fixtures, 'llama/onnx/model.onnx'), layers: 2, kvHeads: 2, headDim: 16, vocab: 768, contextTokens: 2048, threads: 1 };
let session: KvSession;
beforeAll(async () => { session = await openFolderSession(join(fixtures, 'llama')); });
afterAll(() => session.close());

const int64s = (values: readonly number[]) => {
  const made = new Int64s(values.length);
  for (const [at, value] of values.entries()) made.set(at, value);
  return made;
};

it('gives the logits of the graph, and the new part of its keys and values', async () => {
  const [rows, tokens, slots] = [2, 3, 64];
  const ids = [5, 6, 7, 100, 200, 300], positions = [64, 65, 66, 64, 65, 66], past = Array.from({ length: 4 }, (_, i) => Float32Array.from({ length: rows * 2 * slots * 16 }, (_unused, at) => Math.sin(i + at)));
  const { logits, added } = await session.run({ rows, tokens, slots, ids: int64s(ids), positions: int64s(positions), mask: int64s(Array<number>(rows * (slots + tokens)).fill(1)), past });
  const plain = await InferenceSession.create(llama.file);
  const long = (values: readonly number[]) => new Tensor('int64', BigInt64Array.from(values, BigInt), [rows, values.length / rows]);
  const names = ['0.key', '0.value', '1.key', '1.value'];
  const outputs = await plain.run({ input_ids: long(ids), position_ids: long(positions), attention_mask: long(Array<number>(rows * (slots + tokens)).fill(1)), ...Object.fromEntries(names.map((name, i) => [`past_key_values.${name}`, new Tensor('float32', past[i]!, [rows, 2, slots, 16])])) });
  expect(logits).toEqual(outputs['logits']!.data);
  for (const [i, name] of names.entries()) {
    const present = outputs[`present.${name}`]!.data as Float32Array;
    const expected = Float32Array.from({ length: rows * 2 * tokens * 16 }, (_, at) => present[Math.floor(at / (tokens * 16)) * (slots + tokens) * 16 + slots * 16 + at % (tokens * 16)]!);
    expect(added[i]).toEqual(expected);
  }
  await plain.release();
});

it('appends outputs that do not disturb the file: two bytes of length, then whole messages', () => {
  const bytes = addedOutputs(24);
  expect(bytes[0]).toBe(7 << 3 | 2);
  expect(addedNames(24)).toHaveLength(48);
});

it.each([
  ['a graph without a past', { file: join(fixtures, 'scorer/onnx/model.onnx') }, /has no input past_key_values\.0\.key \(its inputs: input_ids, attention_mask, position_ids\)/],
  ['more layers than the graph has', { layers: 3 }, /has no input past_key_values\.2\.key/],
  ['fewer layers than the graph has', { layers: 1 }, /has an input past_key_values\.1\.key that the engine does not know/],
  ['another number of heads', { kvHeads: 4 }, /has shape \[.*2.*\] at input past_key_values\.0\.key; config\.json says \[any, 4, any, 16\]/],
  ['another width of heads', { headDim: 32 }, /at input past_key_values\.0\.key/],
  ['another vocabulary', { vocab: 1000 }, /at output logits; config\.json says \[any, any, 1000\]/],
])('refuses %s, naming what is wrong', async (_, wrong, message) => {
  await expect(openKvSession({ ...llama, ...wrong })).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: expect.stringMatching(message) });
});
