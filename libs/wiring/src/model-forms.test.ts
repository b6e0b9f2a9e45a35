// Every form of --policy and --scorer: what it is known by, what a run folder keeps of it, and what is said against a wrong one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { policyForm, recipeFor, scorerForm } from './model-forms.ts';

const folder = mkdtempSync(join(tmpdir(), 'slowthink-forms-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each([
  ['seed', 'seed', 'seed', 'seed-cpu', true],
  [`onnx:${folder}`, basename(folder), `onnx:${folder}`, 'meds3-v2', true],
  ['onnx:models/small#q8', 'small', `onnx:${resolve('models/small')}#q8`, 'meds3-v2', true],
  ['openai:http://ann:word@host:8080/v1#m@2', 'm', 'openai:http://host:8080/v1#m@2', 'meds3-v2', false],
])('%s is known as %s and kept as %s', async (text, model, kept, recipe, embedded) => {
  const form = policyForm(text);
  expect([await form.modelName(text), await form.kept(text), recipeFor(text), form.embedded]).toEqual([model, kept, recipe, embedded]);
});

test.each([
  ['seed', 'seed', 'seed', true],
  ['onnx:models/small#q8', 'small', `onnx:${resolve('models/small')}#q8`, true],
  ['openai:http://ann:word@host:8080/v1#m@2&row=medsss', 'm', 'openai:http://host:8080/v1#m@2&row=medsss', false],
  ['judge:openai:http://ann:word@host:8080#m', 'judge:m', 'judge:openai:http://host:8080/#m', false],
])('the scorer %s is known as %s and kept as %s', async (text, model, kept, embedded) => {
  const form = scorerForm(text);
  expect([await form.modelName(text), await form.kept(text), form.embedded]).toEqual([model, kept, embedded]);
});

test('checks what it can before anything is opened', async () => {
  await expect(policyForm(`onnx:${folder}`).check(`onnx:${folder}`)).resolves.toBeUndefined();
  await expect(policyForm('onnx:absent').check('onnx:absent')).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG', message: `There is no folder ${resolve('absent')}.` });
  await expect(scorerForm('onnx:absent').check('onnx:absent')).rejects.toMatchObject({ code: 'MODEL_FOLDER_WRONG' });
  await expect(policyForm('openai:http://host').check('openai:http://host')).rejects.toMatchObject({ code: 'SETTING_INVALID' });
  await expect(scorerForm('openai:http://host#m').check('openai:http://host#m')).rejects.toThrow('it does not say how "m" is read: the row is missing.');
  await expect(scorerForm('judge:openai:http://host').check('judge:openai:http://host')).rejects.toThrow('--scorer "judge:openai:http://host": the name of the model is missing after "#".');
  await expect(scorerForm('recorded:gone').check('recorded:gone')).rejects.toMatchObject({ code: 'RESULTS_MISSING' });
  for (const text of ['seed']) await Promise.all([policyForm(text).check(text), scorerForm(text).check(text)]);
});

test('names every form where the text is of none, and repeats no password', () => {
  expect(() => policyForm('http://ann:word@host')).toThrow('--policy is "http://***@host"; allowed: seed, onnx:DIR[#DTYPE], openai:URL#MODEL[@REVISION], recorded:DIR.');
  expect(() => scorerForm('http://ann:word@host')).toThrow('--scorer is "http://***@host"; allowed: seed, onnx:DIR[#DTYPE], openai:URL#MODEL[@REVISION][&row=ROW], judge:openai:URL#MODEL[@REVISION], recorded:PATH.');
});
