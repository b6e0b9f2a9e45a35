import { expect, test } from 'vitest';
import { parseOnnx } from './parse-onnx.ts';

test.each([
  ['onnx:models/smol', { dir: 'models/smol' }],
  ['onnx:/my models/a b@c', { dir: '/my models/a b@c' }],
  ['onnx:models/smol#q8', { dir: 'models/smol', dtype: 'q8' }],
  ['onnx:run#2/model', { dir: 'run#2/model' }],
  ['onnx:run#2/model#fp32', { dir: 'run#2/model', dtype: 'fp32' }],
  ['onnx:models/smol#q5', { dir: 'models/smol#q5' }],
  ['onnx:models/smol#q8#bnb4', { dir: 'models/smol#q8', dtype: 'bnb4' }],
  ['onnx:C:\\models\\smol#q4f16', { dir: 'C:\\models\\smol', dtype: 'q4f16' }],
] as const)('reads %s', (text, address) => expect(parseOnnx(text)).toEqual(address));

test.each([
  ['models/smol', 'it does not begin with "onnx:"'],
  ['onnx:', 'the folder is missing after "onnx:"'],
  ['onnx: ', 'the folder is missing after "onnx:"'],
  ['onnx:#q8', 'the folder is missing after "onnx:"'],
  ['onnx:models/smol#', 'the dtype is missing after "#"'],
] as const)('refuses %s', (text, why) => {
  expect(() => parseOnnx(text)).toThrow(expect.objectContaining({ code: 'SETTING_INVALID', message: `"${text}": ${why}.`, hint: 'Write it as onnx:DIR or onnx:DIR#DTYPE; DTYPE is one of fp32, fp16, q8, int8, uint8, q4, q4f16, bnb4.' }));
});
